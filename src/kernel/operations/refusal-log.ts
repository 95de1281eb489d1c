import { type AuditEntry, recordAudit, redact } from '#kernel/audit'
import { type Clock, formatInstant } from '#kernel/clock'
import type { Fault } from '#kernel/faults'
import { newId } from '#kernel/ids'
import type { Call } from './call.ts'
import type { Executor } from './executor.ts'
import { system } from './principal.ts'

/** Refusals wait this long to be written together; under attack they must not cost a transaction each. */
const gatherMs = 50
/** With so many unwritten, those that follow are counted instead of written: refusing must never become the load itself. */
const waitingMax = 10_000

/** Refusals of calls that never ran (no permission, bad shape, missing key), written into the audit in the background. */
export class RefusalLog {
  readonly #executor: Pick<Executor, 'transaction'>
  readonly #clock: Clock
  #waiting: AuditEntry[] = []
  /** With those being written: while the database is away, nothing else bounds them. */
  #unwritten = 0
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  /** Refusals that could not be written: too many at once, or no database. */
  lost = 0

  constructor(executor: Pick<Executor, 'transaction'>, clock: Clock) {
    this.#executor = executor
    this.#clock = clock
  }

  /** `tookMs` is how long it took to know: much, where a password was compared first. */
  note({ operation, principal, input, address, requestId, object }: Call, fault: Fault, tookMs: number): void {
    if (this.#unwritten >= waitingMax) {
      this.lost += 1
      return
    }
    this.#unwritten += 1
    this.#waiting.push({
      id: newId('audit'),
      at: formatInstant(this.#clock.now()),
      operation: operation.name,
      person: principal.id,
      behalf: principal.behalf ?? null,
      address: address ?? null,
      requestId,
      object: object ?? null,
      arguments: redact(input, operation.spec.secret ?? []),
      outcome: 'refused',
      fault: fault.code,
      durationUs: Math.round(tookMs * 1000),
    })
    this.#timer ??= setTimeout(() => void this.#write(), gatherMs)
  }

  async close(): Promise<void> {
    await this.#write()
  }

  async #write(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const entries = this.#waiting
    this.#waiting = []
    if (entries.length > 0) this.#writing = this.#writing.then(() => this.#record(entries))
    await this.#writing
  }

  async #record(entries: readonly AuditEntry[]): Promise<void> {
    try {
      await this.#executor.transaction(async (session) => {
        const body = ({ tx }: { tx: Parameters<typeof recordAudit>[0] }): void => entries.forEach((entry) => recordAudit(tx, entry))
        await session.together([[{ principal: system('operations.refusals'), body }]])
      })
    } catch {
      // Their callers have been refused all the same; the figure is shown among the metrics.
      this.lost += entries.length
    } finally {
      this.#unwritten -= entries.length
    }
  }
}

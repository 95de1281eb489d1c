import { realClock } from '#kernel/clock'
import { type Pool, sql } from '#kernel/db'
import { Executor, type Operation, type Principal, type Reply } from '#kernel/operations'
import { captureHold, entryHash, makeHold, openAccount, releaseHold, reverseTransfer, transfer } from '#kernel/ledger'

/** A step of a random history; indexes are taken modulo what is there. */
export type Step =
  | { readonly kind: 'move'; readonly from: number; readonly to: number; readonly amount: number }
  | { readonly kind: 'hold'; readonly on: number; readonly to: number; readonly amount: number }
  | { readonly kind: 'capture'; readonly hold: number; readonly amount: number }
  | { readonly kind: 'release'; readonly hold: number }
  | { readonly kind: 'reverse'; readonly of: number }

export const names = ['equity', 'a', 'b', 'c', 'd'] as const
const admin: Principal = { id: 'person_admin', name: 'Admin', kind: 'person', roles: ['admin'] }
const farOff = '2099-01-01T00:00:00Z'

/** Plays a history against a database and gives how each step ended; in groups all steps of a chunk are sent at once. */
export class History {
  readonly executor: Executor
  readonly #holds: string[] = []
  readonly #transfers: string[] = []
  #calls = 0

  constructor(pool: Pool, groupMax: number) {
    this.executor = new Executor({ pool, clock: realClock(), groupMax, pumps: 1 })
  }

  async open(): Promise<void> {
    for (const id of names)
      await this.#submit(openAccount, {
        id,
        code: id,
        unit: 'INR',
        side: id === 'equity' ? ('credit' as const) : ('debit' as const),
        min: id === 'equity' ? null : 0,
      })
  }

  async play(steps: readonly Step[], chunk: number): Promise<readonly string[]> {
    const ended: string[] = []
    for (let at = 0, size = 0; at < steps.length; at += size) {
      size = this.#disjoint(steps.slice(at, at + chunk))
      const replies = await Promise.all(steps.slice(at, at + size).map((step) => this.#step(step)))
      // What later steps refer to is collected in the order of the steps, however they were grouped.
      for (const [index, reply] of replies.entries()) ended.push(this.#note(steps[at + index] as Step, reply))
    }
    return ended
  }

  /** How many of these steps lock different things: calls that share a lock run one after the other, past calls that came later. */
  #disjoint(steps: readonly Step[]): number {
    const locked = new Set<string>()
    const first = steps.findIndex((step) => {
      const lock =
        step.kind === 'reverse'
          ? `t${step.of % Math.max(1, this.#transfers.length)}`
          : 'hold' in step
            ? `h${step.hold % Math.max(1, this.#holds.length)}`
            : undefined
      const again = lock !== undefined && locked.has(lock)
      if (lock !== undefined) locked.add(lock)
      return again
    })
    return first === -1 ? steps.length : first
  }

  #note({ kind }: Step, { status, fault, body }: Reply): string {
    if (status < 300) {
      const { id } = JSON.parse(body) as { id: string }
      if (kind === 'hold') this.#holds.push(id)
      if (kind === 'move') this.#transfers.push(id)
    }
    return `${kind}: ${fault ?? status}`
  }

  #step(step: Step): Promise<Reply> {
    const key = `step-${this.#calls}`
    const account = (at: number): string => names[at % names.length] as string
    if (step.kind === 'move') {
      const legs = [
        { account: account(step.to), amount: step.amount, unit: 'INR' },
        { account: account(step.from), amount: -step.amount, unit: 'INR' },
      ]
      return this.#submit(transfer, { key, legs })
    }
    if (step.kind === 'hold')
      return this.#submit(makeHold, { account: account(step.on), to: account(step.to), amount: step.amount, expiresAt: farOff })
    if (step.kind === 'reverse')
      return this.#submit(reverseTransfer, {
        transfer: this.#transfers[step.of % Math.max(1, this.#transfers.length)] ?? 'none',
        reason: 'as if wrong',
      })
    const hold = this.#holds[step.hold % Math.max(1, this.#holds.length)] ?? 'none'
    if (step.kind === 'release') return this.#submit(releaseHold, { hold })
    return this.#submit(captureHold, { hold, amount: step.amount })
  }

  #submit<I, A>(operation: Operation<I, A>, input: I): Promise<Reply> {
    const call = ++this.#calls
    return this.executor.submit({ operation, input, principal: admin, key: `key-${call}`, requestId: `req-${call}` })
  }
}

export interface State {
  readonly id: string
  readonly posted: bigint
  readonly held: bigint
  readonly n: bigint
}

/** What the books say, without what differs from run to run (ids, hashes, times). */
export async function stateOf(pool: Pool): Promise<readonly State[]> {
  return pool.query<State>(sql`select id, posted, held, n from ledger.account order by id`)
}

/** Recomputes every account's chain and balances from its entries; gives what does not agree. */
export async function faultsIn(pool: Pool): Promise<readonly string[]> {
  const entries = await pool.query<{ account: string; n: bigint; transfer: string; amount: bigint; posted: bigint; hash: string }>(
    sql`select account, n, transfer, amount, posted, hash from ledger.entry order by account, n`,
  )
  const accounts = await pool.query<{
    id: string
    posted: bigint
    held: bigint
    min: bigint | null
    side: string
    n: bigint
    head: string
  }>(sql`select id, posted, held, min, side, n, head from ledger.account`)
  const found: string[] = []
  for (const { id, posted, held, min, side, n, head } of accounts) {
    let [sum, count, last] = [0n, 0n, '0'.repeat(64)]
    for (const entry of entries.filter((one) => one.account === id)) {
      sum += entry.amount
      count += 1n
      last = entryHash(last, entry)
      if (entry.n !== count || entry.posted !== sum || entry.hash !== last) found.push(`${id} ${entry.n}`)
    }
    const available = (side === 'debit' ? posted : -posted) - held
    if (sum !== posted || count !== n || last !== head || held < 0n || (min !== null && available < min)) found.push(id)
  }
  if (entries.reduce((sum, { amount }) => sum + amount, 0n) !== 0n) found.push('the sum of all entries')
  return found
}

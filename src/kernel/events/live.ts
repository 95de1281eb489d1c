import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Pool, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import type { RawDeclared, RawRoute } from '#kernel/http'
import { permission, type Principal } from '#kernel/operations'
import { type LogRow, readDifference } from './difference.ts'

const lookMs = 300
const heartbeatMs = 15_000
const batchMax = 500
/** Changes told in one turn; after more than that every listener is sent away, to come again and look at everything anew. */
const turnMax = 4_000
const listenersMax = 500
/** What a listener has not taken yet; past this it is cut off and comes again by itself. */
const backlogMax = 256 * 1024

/** Who somebody is by now; null if nobody any more. */
type Again = (principal: Principal) => Promise<Principal | null>

interface Listener {
  readonly principal: Principal
  readonly reply: FastifyReply
}

/** For anyone with a session who is more than a borrower. */
export const liveStream: RawDeclared = {
  method: 'GET',
  path: '/api/v1/stream',
  summary: 'Server-sent events: type, key and id of each change',
  may: ['admin', 'credit_officer', 'cashier', 'auditor'],
}

/** Server-sent events for consoles: what changed, never the data itself, for each page asks again with its own permissions. */
export class LiveStream {
  readonly #pool: Pool
  readonly #listeners = new Set<Listener>()
  readonly #onError: (error: unknown) => void
  #again: Again = async (principal) => principal
  #seen: string | undefined
  #timer: NodeJS.Timeout | undefined
  #beatAt = 0

  constructor(pool: Pool, onError: (error: unknown) => void) {
    this.#pool = pool
    this.#onError = onError
  }

  /** `again` is asked of a listener now and then, and at once when something happened to them: a stream ends with the right to it. */
  route(again: Again): RawRoute {
    this.#again = again
    return { ...liveStream, handle: (request, reply, principal) => this.#listen(request, reply, principal) }
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#sendAway()
  }

  #listen(request: FastifyRequest, reply: FastifyReply, principal: Principal): FastifyReply {
    if (this.#listeners.size >= listenersMax) throw new Fault('operations.overloaded')
    reply.hijack()
    reply.raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    reply.raw.write('retry: 2000\n\n')
    const listener = { reply, principal }
    this.#listeners.add(listener)
    request.raw.on('close', () => this.#listeners.delete(listener))
    if (this.#listeners.size === 1) this.#look(0)
    return reply
  }

  #look(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      void this.#turn()
        .catch(this.#onError)
        .then(() => (this.#listeners.size > 0 ? this.#look(lookMs) : (this.#seen = undefined)))
    }, ms)
  }

  async #turn(): Promise<void> {
    const [now] = await this.#pool.query<{ snapshot: string }>(sql`select pg_current_snapshot()::text as snapshot`)
    const to = now?.snapshot ?? ''
    const from = this.#seen ?? to
    this.#seen = to
    const rows = from === to ? [] : await this.#read(from, to)
    const due = performance.now() - this.#beatAt > heartbeatMs
    if (rows.length === 0 && !due) return
    const about = new Set(rows.map(({ key }) => key))
    await this.#dismiss([...this.#listeners].filter(({ principal }) => due || about.has(principal.id)))
    if (due) this.#beatAt = performance.now()
    const text =
      rows.length > 0 ? rows.map(({ id, type, key }) => `data: ${JSON.stringify({ type, key, id })}\n\n`).join('') : ': still here\n\n'
    for (const listener of this.#listeners) {
      if (listener.reply.raw.writableLength > backlogMax) listener.reply.raw.destroy()
      else listener.reply.raw.write(text)
    }
  }

  async #read(from: string, to: string): Promise<readonly LogRow[]> {
    const rows: LogRow[] = []
    for (let more = true; more && rows.length < turnMax;) {
      const after = rows.at(-1)?.pos ?? 0n
      const page = await this.#pool.query<LogRow>(readDifference({ from, to, after, types: 'all', limit: batchMax }))
      rows.push(...page)
      more = page.length === batchMax
    }
    if (rows.length >= turnMax) this.#sendAway()
    return rows
  }

  #sendAway(): void {
    for (const { reply } of this.#listeners) reply.raw.end()
    this.#listeners.clear()
  }

  async #dismiss(suspects: readonly Listener[]): Promise<void> {
    await Promise.all(
      suspects.map(async (listener) => {
        const now = await this.#again(listener.principal)
        if (now !== null && permission(liveStream.may, now) === true) return
        this.#listeners.delete(listener)
        listener.reply.raw.end()
      }),
    )
  }
}

import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Pool, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import type { RawDeclared, RawRoute } from '#kernel/http'
import { type LogRow, readDifference } from './difference.ts'

const lookMs = 300
const heartbeatMs = 15_000
const batchMax = 500
const listenersMax = 500
/** What a listener has not taken yet; past this it is cut off and comes again by itself. */
const backlogMax = 256 * 1024

interface Listener {
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
  #seen: string | undefined
  #timer: NodeJS.Timeout | undefined
  #beatAt = 0

  constructor(pool: Pool, onError: (error: unknown) => void) {
    this.#pool = pool
    this.#onError = onError
  }

  route(): RawRoute {
    return { ...liveStream, handle: (request, reply) => this.#listen(request, reply) }
  }

  close(): void {
    clearTimeout(this.#timer)
    for (const { reply } of this.#listeners) reply.raw.end()
    this.#listeners.clear()
  }

  #listen(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    if (this.#listeners.size >= listenersMax) throw new Fault('operations.overloaded')
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
    reply.raw.write('retry: 2000\n\n')
    const listener = { reply }
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
    const rows = from === to ? [] : await this.#pool.query<LogRow>(readDifference({ from, to, after: 0n, types: 'all', limit: batchMax }))
    const due = performance.now() - this.#beatAt > heartbeatMs
    if (rows.length === 0 && !due) return
    this.#beatAt = performance.now()
    const text =
      rows.length > 0 ? rows.map(({ id, type, key }) => `data: ${JSON.stringify({ type, key, id })}\n\n`).join('') : ': still here\n\n'
    for (const listener of this.#listeners) {
      if (listener.reply.raw.writableLength > backlogMax) listener.reply.raw.destroy()
      else listener.reply.raw.write(text)
    }
  }
}

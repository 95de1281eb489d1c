import { Fault } from '#kernel/faults'
import { makeServer, type Route } from '#kernel/http'
import type { Name, World } from './world.ts'
import { quietServer } from './quiet-server.ts'

/** An answer over HTTP: its status, code if it is a problem, body, and the very text. */
export interface Heard {
  readonly status: number
  readonly code: string | undefined
  // Tests look into answers of every shape.
  readonly body: Readonly<Record<string, never>>
  readonly text: string
  readonly headers: Readonly<Record<string, unknown>>
}

type Asked = { readonly body?: unknown; readonly key?: string | null }

/**
 * A world behind its HTTP server, in process: `call('ravi', 'POST /api/v1/…', { body })` as somebody of the cast, null without a login.
 * Every call that is not a GET has an Idempotency-Key of its own unless one is given; null sends none.
 */
export async function served(w: World, more: readonly Route[] = []) {
  const app = await makeServer({
    routes: [...w.parts.routes, ...more],
    executor: w.executor,
    pool: w.db.pool,
    clock: w.clock,
    ...quietServer(),
    authenticate: async ({ authorization }) => {
      if (authorization === undefined) return null
      const who = w.who[authorization.replace('Bearer ', '') as Name]
      if (who === undefined) throw new Fault('http.not_authenticated')
      return who
    },
  })
  w.db.closing(() => app.close())
  let calls = 0
  const call = async (who: Name | null, target: string, { body, key = `call-${++calls}` }: Asked = {}): Promise<Heard> => {
    const [method = '', url = ''] = target.split(' ')
    const reply = await app.inject({
      method: method as 'GET' | 'POST',
      url,
      headers: {
        ...(who === null ? {} : { authorization: `Bearer ${who}` }),
        ...(key === null || method === 'GET' ? {} : { 'idempotency-key': key }),
        ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
      },
      ...(method === 'GET' ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body ?? {}) }),
    })
    const told = JSON.parse(reply.body) as Heard['body'] & { readonly code?: string }
    return { status: reply.statusCode, code: told.code, body: told, text: reply.body, headers: reply.headers }
  }
  return { app, call }
}

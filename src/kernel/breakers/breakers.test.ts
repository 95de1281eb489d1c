import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realClock } from '#kernel/clock'
import { sql } from '#kernel/db'
import { makeServer } from '#kernel/http'
import { Executor } from '#kernel/operations'
import { resilience, type Resilience } from '#kernel/resilience'
import { database } from '#test/database'
import { BreakerBoard, breakerRoutes } from './index.ts'
import { quietServer } from '#test/quiet-server'

const db = await database()
const clock = realClock()

/** A process of its own: registry, executor, board and server on the one database. */
async function started(names: readonly string[]) {
  const { circuitBreaker }: Resilience = resilience({
    circuitBreaker: { configs: { default: { slidingWindowSize: 4, minimumNumberOfCalls: 4 } } },
  })
  for (const name of names) circuitBreaker.get(name)
  const board: { current?: BreakerBoard } = {}
  const executor = new Executor({ pool: db.pool, clock, onCommit: () => board.current?.wake() })
  const onError = (error: unknown): void => assert.ifError(error)
  board.current = new BreakerBoard({ breakers: circuitBreaker, executor, pool: db.pool, clock, onError })
  await board.current.start()
  const app = await makeServer({
    routes: breakerRoutes(board.current),
    executor,
    pool: db.pool,
    clock,
    ...quietServer(),
    authenticate: async ({ authorization }) => {
      const role = authorization?.split(' ')[1]
      return role === 'admin' || role === 'auditor' || role === 'cashier'
        ? { id: `person_${role}`, name: role, kind: 'person', roles: [role] }
        : null
    },
  })
  const stop = async (): Promise<void> => {
    await app.close()
    await board.current?.stop()
    await executor.drain()
  }
  const get = async (url: string, role = 'admin') => {
    const reply = await app.inject({ method: 'GET', url: `/api/v1/breakers${url}`, headers: { authorization: `Bearer ${role}` } })
    return { status: reply.statusCode, body: reply.json() }
  }
  const order = async (name: string, payload: object, role = 'admin') => {
    const headers = { authorization: `Bearer ${role}` }
    const reply = await app.inject({ method: 'POST', url: `/api/v1/breakers/${name}/orders`, headers, payload })
    return { status: reply.statusCode, body: reply.json() }
  }
  return { circuitBreaker, board: board.current, get, order, stop }
}

const here = await started(['bureau', 'sms'])
db.closing(here.stop)
const eventsOf = (name: string) =>
  db.pool.query<{ type: string; body: string }>(sql`select type, body from events.event where key = ${`breaker:${name}`} order by id`)

async function until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (let tries = 0; tries < 300; tries++) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('it did not come')
}

test('breakers are listed by name with state, figures and configuration', async () => {
  const { status, body } = await here.get('')
  assert.equal(status, 200)
  assert.deepEqual(
    body.items.map(({ name, state, standing }: { name: string; state: string; standing: null }) => [name, state, standing]),
    [
      ['bureau', 'CLOSED', null],
      ['sms', 'CLOSED', null],
    ],
  )
  assert.equal(body.items[0].metrics.failureRate, -1)
  assert.deepEqual([body.items[0].config.slidingWindowSize, body.items[0].config.waitDurationInOpenStateMs], [4, 60_000])
})

test('who may, and what is refused', async () => {
  const good = { action: 'force_open', reason: 'the bureau is being moved' }
  const cases = [
    ['bureau', good, 'auditor', 403, 'operations.forbidden'],
    ['bureau', good, 'cashier', 403, 'operations.forbidden'],
    ['nobody', good, 'admin', 404, 'breakers.unknown'],
    ['__proto__', good, 'admin', 404, 'breakers.unknown'],
    ['bureau', { action: 'HALF_OPEN', reason: 'just so' }, 'admin', 400, 'operations.input_invalid'],
    ['bureau', { action: 'close', reason: '  x ' }, 'admin', 400, 'operations.input_invalid'],
    ['bureau', { action: 'close' }, 'admin', 400, 'operations.input_invalid'],
  ] as const
  for (const [name, payload, role, status, code] of cases) {
    const reply = await here.order(name, payload, role)
    assert.deepEqual([reply.status, reply.body.code], [status, code])
  }
  assert.equal((await here.get('', 'auditor')).status, 200)
  assert.equal((await here.get('', 'cashier')).status, 403)
  assert.equal((await here.get('/nobody')).body.code, 'breakers.unknown')
  assert.equal(here.circuitBreaker.get('bureau').state, 'CLOSED')
})

test('an order moves the breaker, says why, is audited and announced; close and reset hand it back', async () => {
  const bureau = here.circuitBreaker.get('bureau')
  for (const [action, state] of [
    ['force_open', 'FORCED_OPEN'],
    ['disable', 'DISABLED'],
    ['metrics_only', 'METRICS_ONLY'],
    ['close', 'CLOSED'],
  ] as const) {
    const reason = `because of ${action}`
    const ordered = await here.order('bureau', { action, reason })
    assert.deepEqual([ordered.status, ordered.body.person, ordered.body.reason], [201, 'person_admin', reason])
    await until(() => (bureau.state === state ? true : undefined))
    const { body } = await here.get('/bureau')
    assert.deepEqual(
      [body.state, body.standing?.action ?? null, body.orders[0].reason],
      [state, action === 'close' ? null : action, reason],
    )
    assert.equal(body.moves[0].to, state)
    assert.equal(body.since, body.moves[0].at)
  }
  bureau.onError(1, new Error('x'))
  await here.order('bureau', { action: 'reset', reason: 'begin anew' })
  await here.get('')
  assert.equal(bureau.metrics().bufferedCalls, 0)
  const announced = await until(async () => {
    const events = await eventsOf('bureau')
    return events.length === 9 ? events : undefined
  })
  assert.deepEqual(Map.groupBy(announced, ({ type }) => type).get('breakers.ordered.v1')?.length, 5)
  const audited = await db.pool.query<{ n: bigint }>(
    sql`select count(*) as n from audit.record where operation = 'breakers.order' and object = 'bureau' and outcome = 'done'`,
  )
  assert.equal(Number(audited[0]?.n), 5)
})

test('what a breaker does by itself is announced too, in order', async () => {
  const sms = here.circuitBreaker.get('sms')
  for (let i = 0; i < 4; i++) sms.onError(1, new Error('no route'))
  const { body } = await here.get('/sms')
  assert.deepEqual([body.state, body.metrics.failureRate, body.moves.length, body.orders.length], ['OPEN', 100, 1, 0])
  const [told] = await until(async () => {
    const events = await eventsOf('sms')
    return events.length > 0 ? events : undefined
  })
  assert.deepEqual(JSON.parse(told?.body ?? '').data, { breaker: 'sms', from: 'CLOSED', to: 'OPEN' })
})

test('an order holds in other processes, for breakers made later, and after a restart; close does not', async () => {
  const other = await started(['bureau'])
  await here.order('bureau', { action: 'force_open', reason: 'the contract ended' })
  await here.order('late', { action: 'force_open', reason: 'unknown yet' })
  await until(() => (other.circuitBreaker.get('bureau').state === 'FORCED_OPEN' ? true : undefined))
  assert.equal(other.circuitBreaker.get('bureau').tryAcquire(), false)
  await other.stop()
  const again = await started([])
  assert.equal(again.circuitBreaker.get('bureau').state, 'FORCED_OPEN')
  assert.equal((await again.get('/bureau')).body.standing.reason, 'the contract ended')
  await again.order('bureau', { action: 'close', reason: 'a new contract' })
  assert.equal((await here.get('/bureau')).body.state, 'CLOSED')
  await again.stop()
})

test('of two orders in one moment every process obeys the same one', async () => {
  const other = await started(['bureau'])
  await Promise.all([
    here.order('bureau', { action: 'force_open', reason: 'one wants this' }),
    other.order('bureau', { action: 'disable', reason: 'the other that' }),
  ])
  const states = [(await here.get('/bureau')).body.state, (await other.get('/bureau')).body.state]
  assert.equal(states[0], states[1])
  await other.stop()
})

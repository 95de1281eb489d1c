import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { realClock } from '#kernel/clock'
import { Pool, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { type AloneContext, Executor, operation, system } from '#kernel/operations'
import { database } from '#test/database'
import { shakyWay } from '#test/shaky-way'
import { z } from 'zod'
import { Consumer, emit, event, on } from './index.ts'

const db = await database()
const way = await shakyWay(db.server)
const pool = new Pool(way.settings, { connections: 4 })
const executor = new Executor({ pool, clock: realClock() })
const rang = event('bell.rang.v1', z.strictObject({}), 'A bell rang.')
const Input = z.strictObject({ key: z.string() })
const ring = operation('bell.ring', { summary: 'Ring', input: Input, answer: z.strictObject({}), may: ['system'] }, ({ tx }, { key }) => {
  emit(tx, rang, key, {})
  return {}
})
let hear: (context: AloneContext, key: string) => Promise<void> = async () => undefined
const heard = on(rang, 'bell.count', async (context, { key }) => {
  await context.tx(sql`insert into ledger.account (id, code, unit, side, head) values (${`bell:${key}`}, 'bell', 'N', 'debit', '0')
    on conflict (id) do update set n = ledger.account.n + 1`)
  await hear(context, key)
})
const errors: unknown[] = []
const consumer = new Consumer({ name: 'bell', reactions: [heard], executor, pool, onError: (error) => errors.push(error) })
await consumer.start()
db.closing(async () => {
  await consumer.stop()
  await executor.drain()
  await pool.close()
  await way.close()
})
const rung = (key: string) => executor.run(system('bell.test'), 'req_test')(ring, { key })
/** How often it was heard, with effect. */
const counted = async (key: string) =>
  Number((await db.pool.query<{ n: bigint }>(sql`select n from ledger.account where id = ${`bell:${key}`}`))[0]?.n ?? -1n) + 1
const parked = (key: string) =>
  db.pool.query<{ state: string; tries: number }>(sql`select state, tries from events.parked where key = ${key}`)

test('the answer to the commit of what was heard is lost: it is not heard again', async () => {
  let lose = true
  hear = async () => {
    if (lose) way.lose(1)
    lose = false
  }
  await rung('lost')
  while ((await counted('lost')) === 0) await sleep(5)
  await consumer.caughtUp()
  await sleep(700)
  await consumer.caughtUp()
  assert.deepEqual([await counted('lost'), await parked('lost')], [1, []])
  assert.match(String(errors[0]), /lost while committing/)
})

test('a refusal that says "not now" is tried again by itself, as when who had the slot before still holds the key', async () => {
  let refusals = ['operations.key_in_flight', 'operations.overloaded']
  hear = async () => {
    const [first, ...rest] = refusals
    refusals = rest
    if (first !== undefined) throw new Fault(first)
  }
  await rung('later')
  while ((await counted('later')) === 0) await consumer.caughtUp()
  while ((await parked('later')).length > 0) {
    assert.notEqual((await parked('later'))[0]?.state, 'dead')
    await db.pool.execute(sql`update events.parked set next_at = now()`)
    await consumer.caughtUp()
  }
  assert.equal(await counted('later'), 1)
})

test('a member that is busy for longer than its turn shows itself all the same', async () => {
  const busy = Promise.withResolvers<void>()
  let started = false
  hear = () => {
    started = true
    return busy.promise
  }
  await rung('slow')
  const seen = async () => (await db.pool.query<{ at: string }>(sql`select seen_at as at from events.member`))[0]?.at
  while (!started) await sleep(5)
  const before = await seen()
  for (let looked = 0; (await seen()) === before; looked++, await sleep(100)) assert.ok(looked < 150, 'it was not seen any more')
  busy.resolve()
  await consumer.caughtUp()
  assert.equal(await counted('slow'), 1)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realClock } from '#kernel/clock'
import { Connection, keys, rows, sql } from '#kernel/db'
import { Executor, operation, system } from '#kernel/operations'
import { each, keyed } from '#kernel/tx'
import { database } from '#test/database'
import { z } from 'zod'
import { Consumer, emit, event, on } from './index.ts'

const db = await database()
const owner = await Connection.open(db.owner)
await owner.script(`create table events.tally (id text primary key, n integer not null);
  grant select, insert, update on events.tally to holdfast;
  insert into events.tally values ('one', 0), ('two', 0)`)
await owner.close()
const consumers: Consumer[] = []
const executor = new Executor({ pool: db.pool, clock: realClock(), onCommit: () => consumers.forEach((one) => one.wake()) })
db.closing(async () => {
  for (const consumer of consumers) await consumer.stop()
  await executor.drain()
})

const counted = event('tally.counted.v1', z.strictObject({ tally: z.string() }), 'Something was counted.')
const declared = { summary: 'For the test', answer: z.strictObject({}), may: ['system' as const] }
const Many = z.strictObject({ many: z.int() })
const announce = operation('tally.announce', { ...declared, input: Many }, ({ tx }, { many }) => {
  for (let n = 0; n < many; n++) emit(tx, counted, `key ${n % 15}`, { tally: n % 2 === 0 ? 'one' : 'two' })
  return {}
})
const lockTally = keyed<{ id: string; n: number }>(
  sql`select id, n from events.tally where id = any(${keys('text')}) order by id for update`,
  'id',
)
const setTally = each<{ id: string; n: number }>(
  sql`update events.tally t set n = x.n from ${rows({ id: 'text', n: 'integer' })} x where t.id = x.id`,
)
const Tally = z.strictObject({ tally: z.string() })
const count = operation('tally.count', { ...declared, input: Tally, locks: ({ tally }) => [tally] }, async ({ tx }, { tally }) => {
  const { n } = (await lockTally(tx, tally)) ?? { n: 0 }
  setTally(tx, { id: tally, n: n + 1 })
  return {}
})
const order: string[] = []
const reaction = on(counted, 'tally.count_on_counted', async ({ run }, { id, key, data }) => {
  await run(count, { tally: data.tally }, { key: id })
  order.push(key)
})

test('reactions to different keys that act on one row each count, none is parked', async () => {
  const consumer = new Consumer({ name: 'tally', reactions: [reaction], executor, pool: db.pool })
  await consumer.start()
  consumers.push(consumer)
  await executor.run(system('tally.test'), 'req_test')(announce, { many: 40 })
  await consumer.caughtUp()
  const rowsNow = await db.pool.query<{ id: string; n: number }>(sql`select id, n from events.tally order by id`)
  assert.deepEqual(rowsNow, [
    { id: 'one', n: 20 },
    { id: 'two', n: 20 },
  ])
  assert.equal((await db.pool.query(sql`select from events.parked`)).length, 0)
  assert.equal(order.length, 40)
})

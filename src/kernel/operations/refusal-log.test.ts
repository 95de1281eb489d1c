import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realClock } from '#kernel/clock'
import { Pool, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { database } from '#test/database'
import { z } from 'zod'
import { Executor, operation, type Principal } from './index.ts'
import { RefusalLog } from './refusal-log.ts'

const db = await database()
const clock = realClock()
const principal: Principal = { id: 'person_stranger', name: 'Stranger', kind: 'person', roles: ['borrower'] }
const sample = operation(
  'sample.refused',
  { summary: 'Refused', input: z.strictObject({ n: z.int() }), answer: z.strictObject({}), may: ['admin'] },
  () => ({}),
)
const waitingMax = 10_000
const refused = new Fault('operations.forbidden', { operation: sample.name })
const noted = (log: RefusalLog, count: number): void => {
  for (let n = 0; n < count; n += 1) log.note({ operation: sample, input: { n }, principal, requestId: `req_${n}` }, refused, 0)
}
const written = async (): Promise<unknown> => {
  const [found] = await db.pool.query<{ n: number; last: number }>(sql`
    select count(*)::int as n, max((body::jsonb #>> '{arguments,n}')::int) as last from audit.record where operation = ${sample.name}`)
  return [found?.n, found?.last]
}

test('refusals wait to be written together; those that come while as many wait as may are counted, and none twice', async () => {
  const executor = new Executor({ pool: db.pool, clock })
  const log = new RefusalLog(executor, clock)
  noted(log, waitingMax)
  assert.equal(log.lost, 0)
  noted(log, 3)
  assert.equal(log.lost, 3)
  await log.close()
  assert.deepEqual(await written(), [waitingMax, waitingMax - 1])
  noted(log, 1)
  await log.close()
  assert.deepEqual([log.lost, await written()], [3, [waitingMax + 1, waitingMax - 1]])
  await executor.drain()
})

test('refusals that no database takes are counted', async () => {
  const nowhere = new Pool({ ...db.server, database: 'nowhere' }, { connections: 1 })
  const executor = new Executor({ pool: nowhere, clock })
  const log = new RefusalLog(executor, clock)
  noted(log, 4)
  await log.close()
  assert.equal(log.lost, 4)
  await executor.drain()
  await nowhere.close()
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realClock } from '#kernel/clock'
import { Connection, keys, Pool, sql } from '#kernel/db'
import { newId } from '#kernel/ids'
import { keyed } from '#kernel/tx'
import { database } from '#test/database'
import { z } from 'zod'
import { Executor, operation, system } from './index.ts'

const db = await database()
const owner = await Connection.open(db.owner)
await owner.script(`create table jobs.safe (id text primary key);
  grant select, insert, update on jobs.safe to holdfast;
  insert into jobs.safe values ('held'), ('free')`)
const lockTimeoutMs = 1_000
const pool = new Pool({ ...db.server, lock_timeout_ms: lockTimeoutMs })
const executor = new Executor({ pool, clock: realClock(), pumps: 1 })
db.closing(async () => {
  await executor.drain()
  await pool.close()
})
const lockSafe = keyed<{ id: string }>(sql`select id from jobs.safe where id = any(${keys('text')}) order by id for update`, 'id')
const Safe = z.strictObject({ safe: z.string() })
const look = operation(
  'safe.look',
  { summary: 'Look', input: Safe, answer: z.strictObject({}), may: ['system'] },
  async ({ tx }, { safe }) => {
    await lockSafe(tx, safe)
    return {}
  },
)
const submit = (safe: string) =>
  executor.submit({ operation: look, input: { safe }, principal: system('safe.test'), requestId: newId('req') })
const heldCalls = 8

/** How long calls took that wait for nobody, in a group and behind calls whose row another session holds. */
async function neighbours(): Promise<number> {
  await owner.begin()
  await owner.query(sql`select id from jobs.safe where id = 'held' for update`)
  const before = performance.now()
  const held = Array.from({ length: heldCalls }, () => submit('held'))
  const beside = await submit('free')
  const after = await submit('free')
  const tookMs = performance.now() - before
  await owner.rollback()
  const replies = [beside, after, ...(await Promise.all(held))]
  assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([200]))
  return tookMs
}

test('calls beside those whose row is held wait for one lock time-out, not for one after the other; those get through when it is given back', async () => {
  // The machine may stand still for a while: the best of three counts.
  const took: number[] = []
  for (let round = 0; round < 3; round++) {
    took.push(await neighbours())
    if ((took.at(-1) ?? 0) < lockTimeoutMs * 4) break
  }
  await owner.close()
  assert.ok(Math.min(...took) < lockTimeoutMs * 4, `${took.join(' ms, ')} ms`)
})

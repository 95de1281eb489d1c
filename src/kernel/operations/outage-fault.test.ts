import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Connection, Outage, sql } from '#kernel/db'
import { outageFault } from '#kernel/operations'
import { database } from '#test/database'

const db = await database()
const hurried = await Connection.open({ ...db.server, statement_timeout_ms: 50, lock_timeout_ms: 20 })
const holder = await Connection.open(db.server)

const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => assert.fail('it was answered'),
    (error: unknown) => error,
  )

test('who asked is told whether the database is away, full or too slow; what is our own fault is none of these', async () => {
  await holder.query(sql`select pg_advisory_lock(41)`)
  const cases: [what: string, error: unknown, code: string | undefined][] = [
    ['a statement out of time', await thrownBy(hurried.query(sql`select pg_sleep(5)`)), 'operations.overloaded'],
    ['a lock not got in time', await thrownBy(hurried.query(sql`select pg_advisory_lock(41)`)), 'operations.overloaded'],
    ['no session free', new Outage('pool_full', 'all are taken'), 'operations.unavailable'],
    ['no room', new Outage('disk_full', 'full'), 'operations.disk_full'],
    ['a statement of ours that is wrong', await thrownBy(hurried.query(sql`select 1 / 0`)), undefined],
    ['a bug', new TypeError('x is not a function'), undefined],
  ]
  for (const [what, error, code] of cases) assert.equal(outageFault(error)?.code, code, what)
  await Promise.all([hurried.close(), holder.close()])
})

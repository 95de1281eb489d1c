import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realClock } from '#kernel/clock'
import { Pool, sql } from '#kernel/db'
import { openAccount, transfer } from '#kernel/ledger'
import { database } from '#test/database'
import { shakyWay } from '#test/shaky-way'
import { Executor, type Operation, type Principal } from './index.ts'

const db = await database()
const admin: Principal = { id: 'person_admin', name: 'Admin', kind: 'person', roles: ['admin'] }
const shape = { code: 'test', unit: 'INR', side: 'debit' as const, min: null }

test('an answer to a commit that is lost: without a key it is told so, with a key the next try finds it done', async () => {
  const way = await shakyWay(db.server)
  const pool = new Pool(way.settings, { connections: 4 })
  const executor = new Executor({ pool, clock: realClock() })
  let calls = 0
  const submit = <I, A>(operation: Operation<I, A>, input: I, key?: string) =>
    executor.submit({ operation, input, principal: admin, key, requestId: `req_${++calls}` })
  try {
    for (const id of ['from', 'to']) assert.equal((await submit(openAccount, { id, ...shape })).status, 201)

    way.lose(1)
    const untold = await submit(openAccount, { id: 'unknown', ...shape })
    assert.deepEqual([untold.status, untold.fault], [503, 'operations.outcome_unknown'])
    assert.equal((await db.pool.query(sql`select from ledger.account where id = 'unknown'`)).length, 1)

    way.lose(2)
    const legs = [
      { account: 'to', amount: 5, unit: 'INR' },
      { account: 'from', amount: -5, unit: 'INR' },
    ]
    const found = await submit(transfer, { key: 'once', legs }, 'key-once')
    assert.deepEqual([found.status, found.replayed], [201, true])
    assert.deepEqual(await db.pool.query(sql`select posted from ledger.account where id = 'to'`), [{ posted: 5n }])
  } finally {
    await executor.drain()
    await pool.close()
    await way.close()
  }
})

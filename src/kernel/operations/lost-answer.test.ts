import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { realClock } from '#kernel/clock'
import { Pool, sql } from '#kernel/db'
import { openAccount, transfer } from '#kernel/ledger'
import { database } from '#test/database'
import { shakyWay } from '#test/shaky-way'
import { z } from 'zod'
import { Executor, operation, type Operation, type Principal } from './index.ts'

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

test('draining waits for calls that are being prepared, and for those about to come again; asked twice too', async () => {
  const way = await shakyWay(db.server)
  const pool = new Pool(way.settings, { connections: 4 })
  const executor = new Executor({ pool, clock: realClock() })
  const slow = operation(
    'lost.slow',
    {
      summary: 'Prepare slowly',
      input: z.strictObject({}),
      answer: z.strictObject({}),
      may: ['admin'],
      prepare: () => new Promise((resolve) => setTimeout(resolve, 100)),
    },
    () => ({}),
  )
  const answered: number[] = []
  const tell = (reply: Promise<{ status: number }>) => void reply.then(({ status }) => answered.push(status))
  way.lose(1)
  const legs = [
    { account: 'to', amount: 5, unit: 'INR' },
    { account: 'from', amount: -5, unit: 'INR' },
  ]
  tell(executor.submit({ operation: transfer, input: { key: 'drained', legs }, principal: admin, key: 'key-drained', requestId: 'req_1' }))
  while ((await db.pool.query(sql`select from ledger.transfer where key = 'drained'`)).length === 0) await sleep(2)
  await sleep(20)
  tell(executor.submit({ operation: slow, input: {}, principal: admin, requestId: 'req_2' }))
  await Promise.all([executor.drain(), executor.drain()])
  assert.deepEqual(
    answered.toSorted((a, b) => a - b),
    [200, 201],
  )
  await pool.close()
  await way.close()
})

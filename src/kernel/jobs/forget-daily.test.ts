import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realClock } from '#kernel/clock'
import { Connection, sql } from '#kernel/db'
import { openAccount, transfer } from '#kernel/ledger'
import { Executor, forgetMax, type Principal, system } from '#kernel/operations'
import { database } from '#test/database'
import { forgetDaily } from './index.ts'

const db = await database()
const clock = realClock()
const executor = new Executor({ pool: db.pool, clock })
db.closing(() => executor.drain())
const admin: Principal = { id: 'person_admin', name: 'Admin', kind: 'person', roles: ['admin'] }
const submit = (key: string) => {
  const legs = ['a', 'b'].map((account, at) => ({ account, amount: at === 0 ? 5 : -5, unit: 'INR' }))
  return executor.submit({ operation: transfer, input: { key: 'slip', legs }, principal: admin, key, requestId: 'req_test' })
}
const fire = () =>
  forgetDaily.body({
    run: executor.run(system(forgetDaily.name), 'req_night'),
    read: (statement) => db.pool.query(statement),
    clock,
    nominal: '2026-03-12T03:40:00Z',
    on: '2026-03-12',
  })
const kept = async (): Promise<number> =>
  (await db.pool.query<{ n: number }>(sql`select count(*)::int as n from operations.answer`))[0]?.n ?? 0

test('after 30 days an answer is forgotten, not a day sooner; its business key is not', async () => {
  for (const id of ['a', 'b'])
    await executor.submit({
      operation: openAccount,
      input: { id, code: id, unit: 'INR', side: 'debit', min: null },
      principal: admin,
      requestId: 'req_test',
    })
  const owner = await Connection.open(db.owner)
  const age = (interval: string) =>
    owner.execute(sql`update operations.answer set kept_at = now() - ${interval}::interval where key = 'k1'`)
  try {
    const first = await submit('k1')
    assert.equal(first.status, 201)
    await age('29 days 23 hours')
    await fire()
    assert.deepEqual([(await submit('k1')).body, (await submit('k1')).replayed], [first.body, true])
    await age('30 days 1 hour')
    await fire()
    assert.equal(await kept(), 0)
    const again = await submit('k1')
    assert.deepEqual([again.status, again.fault, again.replayed], [409, 'ledger.transfer_known', false])
  } finally {
    await owner.close()
  }
})

test('more than one transaction takes are all forgotten in one night, each transaction of bounded size', async () => {
  await db.pool.execute(sql`
    insert into operations.answer (id, caller, operation, key, input, status, body, at, kept_at)
    select 'old' || n, 'c', 'o', 'k', 'i', 200, '{}', now(), now() - interval '31 days' from generate_series(1, ${forgetMax + 1}) n`)
  const before = await kept()
  await fire()
  assert.equal(await kept(), before - forgetMax - 1)
  const [turns] = await db.pool.query<{ n: number }>(
    sql`select count(*)::int as n from audit.record where operation = 'operations.forget_answers' and body::jsonb ->> 'outcome' = 'done'`,
  )
  assert.equal(turns?.n, 4)
})

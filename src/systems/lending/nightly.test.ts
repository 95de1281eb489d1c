import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '#kernel/db'
import { post } from '#kernel/ledger'
import { operation } from '#kernel/operations'
import { database } from '#test/database'
import { world } from '#test/world'
import { served } from '#test/world-http'
import { z } from 'zod'
import { cash, credit, debit, feeIncome } from './accounts.ts'
import { fallDue } from './fall-due.ts'

const w = await world(await database())
const { call } = await served(w)
const { body: product } = await w.product()

const fallen = async (loan: string): Promise<unknown> =>
  (
    await w.db.pool.query<{ number: number }>(sql`select number from lending.instalment where loan = ${loan} and fallen order by number`)
  ).map(({ number }) => number)

const take = operation(
  'test.take',
  { summary: 'Take a key', input: z.strictObject({ key: z.string() }), answer: z.strictObject({ id: z.string() }), may: ['system'] },
  async ({ tx }, { key }) => ({ id: (await post(tx, { key, legs: [debit(cash, 1n), credit(feeIncome, 1n)] })).receipt }),
)

test('an instalment falls due on its day, not before, and its interest is booked on that day', async () => {
  const loan = await w.activeLoan('meera', product.id)
  await w.travelTo('2026-02-14')
  assert.deepEqual(await fallen(loan), [])
  await w.travelTo('2026-02-15')
  assert.deepEqual(await fallen(loan), [1])
  const { body } = await call('ravi', `GET /api/v1/loans/${loan}/statement?limit=1`)
  const [line] = body['items'] as unknown as readonly Readonly<Record<string, unknown>>[]
  assert.deepEqual(
    [line?.['kind'], line?.['bookedOn'], line?.['amount'], line?.['balance']],
    ['interest_due', '2026-02-15', 125_000, 10_000_000],
  )
  const told = () =>
    w.db.pool.query<{ data: string }>(
      sql`select (body::jsonb -> 'data')::text as data from events.event where key = ${loan} and body::jsonb ->> 'type' = 'lending.fell_due.v1'`,
    )
  const [event] = await told()
  const { number, dueOn, interest } = JSON.parse(event?.data ?? '{}') as Readonly<Record<string, unknown>>
  assert.deepEqual([number, dueOn, interest], [1, '2026-02-15', 125_000])
  // Fallen already, not yet due, not there.
  for (const again of [1, 2, 99])
    assert.deepEqual(await w.asSystem(fallDue, { loan, number: again }), { id: loan, number: again, interest: 0, receipt: null })
  assert.equal((await told()).length, 1)
  assert.deepEqual(await fallen(loan), [1])
})

test('an instalment whose booking is refused keeps no other waiting, this night or the next, nor another schedule', async () => {
  const [stuck, other] = [await w.activeLoan('meera', product.id), await w.activeLoan('meera', product.id)]
  const offered = await w.application('meera', product.id)
  // The name of its booking is taken by another system's.
  const [row] = await w.db.pool.query<{ revision: bigint }>(sql`select revision from lending.loan where id = ${stuck}`)
  await w.asSystem(take, { key: `interest:${stuck}:1:${row?.revision}` })

  const refused = (error: unknown): boolean => {
    const { schedule, cause } = error as { schedule?: string; cause?: { code?: string } }
    assert.deepEqual([schedule, cause?.code], ['lending.fall_due', 'ledger.transfer_known'])
    return true
  }
  await assert.rejects(w.travelTo('2026-03-16'), refused)
  await w.clock.moveTo(Date.parse('2026-04-16T06:30:00Z'))
  await assert.rejects(w.scheduler.runDue({ insist: true }), refused)
  assert.deepEqual(await fallen(stuck), [2])
  assert.deepEqual(await fallen(other), [1, 2])
  assert.equal((await call('ravi', `GET /api/v1/loans/${offered}`)).body['state'], 'expired')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sql } from '#kernel/db'
import { database } from '#test/database'
import { world } from '#test/world'
import { served } from '#test/world-http'

const rounds = Number(process.env['HOLDFAST_ROUNDS'] ?? 2)
const timeMaxMs = 60_000
const w = await world(await database())
const { call } = await served(w)
const { body: product } = await w.product()
await w.paidIn('meera', 900_000_000)

interface Step {
  readonly loan: number
  readonly amount: number
  readonly from: 'cash' | 'wallet'
  readonly excess: 'wallet' | 'prepay'
  readonly again: boolean
}
const step: fc.Arbitrary<Step> = fc.record({
  loan: fc.nat(2),
  amount: fc.integer({ min: 1, max: 3_000_000 }),
  from: fc.constantFrom('cash', 'wallet'),
  excess: fc.constantFrom('wallet', 'prepay'),
  again: fc.boolean(),
})

let turns = 0
/** Plays the steps on three new loans, one after another or all at once, and tells how each was answered and what became of the loans. */
const played = async (steps: readonly Step[], atOnce: boolean): Promise<unknown> => {
  const turn = ++turns
  const loans = [await w.activeLoan('meera', product.id), await w.activeLoan('meera', product.id), await w.activeLoan('meera', product.id)]
  const pay = async ({ loan, amount, from, excess, again }: Step, at: number): Promise<unknown> => {
    // Every other step names a payment that a step before it may have named.
    const payment = `turn-${turn}-${again ? at >> 1 : at}`
    const { status, code, body } = await call('ravi', `POST /api/v1/loans/${loans[loan]}/repayments`, {
      body: { payment, amount, currency: 'INR', from, excess },
    })
    return [code ?? status, body['split'], body['loanState'], body['outstanding']]
  }
  const answers: unknown[] = []
  if (atOnce) answers.push(...(await Promise.all(steps.map(pay))))
  else for (const [at, one] of steps.entries()) answers.push(await pay(one, at))
  const rows = await w.db.pool.query<{ told: string }>(sql`
    select jsonb_build_array(l.state, l.unpaid_since,
      (select jsonb_agg(to_jsonb(i) - 'loan' order by number) from lending.instalment i where i.loan = l.id),
      (select jsonb_agg(jsonb_build_array(split_part(a.id, ':', 3), posted) order by a.id) from ledger.account a
        where a.id like 'loan:' || l.id || ':%'))::text as told
    from lending.loan l where id = any(${loans}::text[]) order by array_position(${loans}::text[], id)`)
  return { answers, rows: rows.map(({ told }) => JSON.parse(told) as unknown) }
}

test('repayments sent at once, run in groups, come to what they come to one after another', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) =>
      assert.deepEqual(await played(steps, true), await played(steps, false)),
    ),
    { numRuns: rounds, endOnFailure: true, interruptAfterTimeLimit: timeMaxMs },
  )
})

test('one payment sent at once for two loans under forty keys is booked once, and all others are told its receipt', async () => {
  const loans = [await w.activeLoan('meera', product.id), await w.activeLoan('meera', product.id)]
  const came = await Promise.all(
    Array.from({ length: 40 }, (_, at) =>
      call('ravi', `POST /api/v1/loans/${loans[at % 2]}/repayments`, {
        body: { payment: 'one-and-only', amount: 10_000, currency: 'INR', from: 'cash' },
      }),
    ),
  )
  const booked = came.filter(({ status }) => status === 201)
  assert.equal(booked.length, 1)
  for (const { status, code, body } of came.filter((one) => one !== booked[0])) {
    assert.deepEqual([status, code], [409, 'lending.payment_known'])
    assert.equal((body['facts'] as unknown as { receipt: string }).receipt, booked[0]?.body['receipt'])
  }
})

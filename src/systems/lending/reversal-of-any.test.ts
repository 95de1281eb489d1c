import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sql } from '#kernel/db'
import { addDays } from '#kernel/money'
import { database } from '#test/database'
import { world } from '#test/world'
import { served } from '#test/world-http'

const rounds = Number(process.env['HOLDFAST_ROUNDS'] ?? 3)
const timeMaxMs = 120_000
const w = await world(await database())
const { call } = await served(w)
const products = [
  (await w.product()).body.id,
  (await w.product({ method: 'flat', rounding: { instalment: 'paisa', residue: 'last' } })).body.id,
  (await w.product({ method: 'equal_principal', dayCount: 'act/365', lateCharge: { perDay: '0.1', rule: 'india-rbi' } })).body.id,
]

interface Paid {
  readonly days: number
  readonly amount: number
  readonly excess: 'wallet' | 'prepay'
}
const paid: fc.Arbitrary<Paid> = fc.record({
  days: fc.nat(45),
  amount: fc.oneof(fc.integer({ min: 100, max: 1_000_000 }), fc.integer({ min: 1_000_000, max: 5_000_000 })),
  excess: fc.constantFrom('wallet', 'prepay'),
})

/** Once every repayment is undone nothing was ever paid. */
const allUndone: [Paid[], number[], number] = [
  [
    { days: 23, amount: 936_316, excess: 'wallet' },
    { days: 23, amount: 553_167, excess: 'prepay' },
  ],
  [0, 1],
  2,
]

/** Interest that the prepayment had spared falls due with its reversal. */
const spared: [Paid[], number[], number] = [
  [
    { days: 5, amount: 4_000_000, excess: 'prepay' },
    { days: 60, amount: 100, excess: 'wallet' },
  ],
  [0],
  0,
]

let slips = 0
const repay = async (loan: string, { amount, excess }: Paid): Promise<string | undefined> => {
  const body = { payment: `slip-${++slips}`, amount, currency: 'INR', from: 'cash', excess }
  const { status, body: told, code } = await call('ravi', `POST /api/v1/loans/${loan}/repayments`, { body })
  if (status !== 201) assert.equal(code, 'lending.loan_not_active')
  return status === 201 ? String(told['id']) : undefined
}
const reverse = (loan: string, repayment: string) =>
  call('ravi', `POST /api/v1/loans/${loan}/repayments/${repayment}/reversal`, { body: { reason: 'cheque bounced' } })

/** All that is known of a loan's money, but for its names: rows, standing, balances, what its repayments left over. */
const knownOf = async (loan: string): Promise<unknown> => {
  const [row] = await w.db.pool.query<{ told: string }>(sql`
    select jsonb_build_object(
      'rows', (select jsonb_agg(to_jsonb(i) - 'loan' order by number) from lending.instalment i where loan = ${loan}),
      'loan', (select jsonb_build_array(state, ended_on, late_paid, npa, unpaid_since) from lending.loan where id = ${loan}),
      'accounts', (select jsonb_agg(jsonb_build_array(code, posted) order by code) from ledger.account where id like ${`loan:${loan}:%`} and posted <> 0),
      'left', (select coalesce(sum(wallet), 0) from lending.movement where loan = ${loan} and kind in ('repayment', 'reversal')),
      'paid', (select coalesce(sum(amount), 0) from lending.movement where loan = ${loan} and kind in ('repayment', 'reversal'))) as told`)
  const { body } = await call('ravi', `GET /api/v1/loans/${loan}`)
  const { dpd, bucket, toPay, overdue } = body as Record<string, unknown>
  return { ...(JSON.parse(row?.told ?? '{}') as object), dpd, bucket, toPay, overdue }
}

/** Read from the oldest line on, each line's balance is the one before it and its own principal. */
const addsUp = async (loan: string): Promise<void> => {
  const { body } = await call('ravi', `GET /api/v1/loans/${loan}/statement?limit=200`)
  const lines = body['items'] as unknown as { id: string; kind: string; breakup: { principal: number }; balance: number }[]
  let balance = 0
  for (const { id, kind, breakup, balance: told } of lines.toReversed()) {
    balance += kind === 'disbursal' ? breakup.principal : -breakup.principal
    assert.equal(told, balance, `${kind} ${id}`)
  }
}

const live = async (payments: readonly Paid[], undone: readonly number[], kind: number): Promise<void> => {
  const product = products[kind] ?? ''
  const [loan, twin] = [await w.activeLoan('meera', product), await w.activeLoan('meera', product)]
  const without = new Set(undone.map((one) => one % payments.length))
  const repayments: string[] = []
  for (const [at, payment] of payments.entries()) {
    if (payment.days > 0) await w.travelTo(addDays(w.clock.today(), payment.days))
    const repayment = await repay(loan, payment)
    if (repayment === undefined) break
    repayments[at] = repayment
    if (!without.has(at)) assert.ok(await repay(twin, payment))
  }
  for (const one of without) {
    const repayment = repayments[one]
    if (repayment !== undefined) assert.equal((await reverse(loan, repayment)).status, 201)
  }
  await addsUp(loan)
  // Rows that a prepayment had removed, and that fell due meanwhile, fall the next night.
  await w.travelTo(addDays(w.clock.today(), 1))
  assert.deepEqual(await knownOf(loan), await knownOf(twin))
}

test('whichever repayments are reversed, in whatever order, the loan is as if they had never been made', async () => {
  const lives = fc.asyncProperty(
    fc.array(paid, { minLength: 2, maxLength: 7 }),
    fc.array(fc.nat(6), { minLength: 1, maxLength: 3 }),
    fc.nat(2),
    live,
  )
  await fc.assert(lives, { numRuns: rounds, examples: [spared, allUndone], endOnFailure: true, interruptAfterTimeLimit: timeMaxMs })
})

test('a reversal beneath a later repayment: the later one now pays what the first had paid, and the statement says so', async () => {
  const loan = await w.activeLoan('meera', products[0] ?? '')
  const at = w.clock.today()
  const first = await repay(loan, { days: 0, amount: 902_600, excess: 'wallet' })
  const second = await repay(loan, { days: 0, amount: 50_000, excess: 'wallet' })
  const { status, body } = await reverse(loan, first ?? '')
  assert.deepEqual([status, body['loanState']], [201, 'active'])
  const { body: statement } = await call('ravi', `GET /api/v1/loans/${loan}/statement?limit=2`)
  const lines = statement['items'] as unknown as Record<string, unknown>[]
  // The second had paid 500 of the second instalment's interest, and now pays 500 of the first's.
  assert.deepEqual(
    lines.map(({ id, kind, amount, breakup, bookedOn }) => [id, kind, amount, breakup, bookedOn]),
    [
      [body['id'], 'reversal', -902_600, { lateCharge: 0, interest: -125_000, principal: -777_600, fees: 0, wallet: 0 }, at],
      [second, 'repayment', 50_000, { lateCharge: 0, interest: 50_000, principal: 0, fees: 0, wallet: 0 }, at],
    ],
  )
})

test('a reversal whose amount a later repayment takes out of the wallet at once is in the books all the same', async () => {
  const loan = await w.activeLoan('meera', products[0] ?? '')
  await w.paidIn('meera', 100_000)
  const body = { payment: 'from the wallet', amount: 100_000, currency: 'INR', from: 'wallet' }
  const first = (await call('ravi', `POST /api/v1/loans/${loan}/repayments`, { body })).body['id']
  await repay(loan, { days: 0, amount: 1_000_000, excess: 'wallet' })
  const { status, body: told } = await reverse(loan, String(first))
  assert.equal(status, 201)
  const entries = await w.db.pool.query<{ account: string; amount: bigint }>(
    sql`select account, amount from ledger.entry where transfer = ${String(told['receipt'])} order by n`,
  )
  const wallet = `wallet:${w.who.meera.id}`
  assert.deepEqual(entries, [
    { account: wallet, amount: -100_000n },
    { account: wallet, amount: 100_000n },
  ])
})

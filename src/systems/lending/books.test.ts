import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sql } from '#kernel/db'
import { ledgerRoutes } from '#kernel/ledger'
import { addDays } from '#kernel/money'
import { database } from '#test/database'
import { world } from '#test/world'
import { served } from '#test/world-http'

const rounds = Number(process.env['HOLDFAST_ROUNDS'] ?? 3)
const timeMaxMs = 120_000
const w = await world(await database())
const { call } = await served(w, ledgerRoutes)
const products = [
  (await w.product()).body.id,
  (await w.product({ method: 'flat', rounding: { instalment: 'paisa', residue: 'last' } })).body.id,
  (await w.product({ method: 'equal_principal', dayCount: 'act/365', rounding: { instalment: 'rupee_up', residue: 'last' } })).body.id,
  (await w.product({ method: 'bullet', annualRate: '23.99', lateCharge: { perDay: '0.1', rule: 'india-rbi' } })).body.id,
]
await w.paidIn('meera', 1_000_000_000)

type Step =
  | { readonly kind: 'days'; readonly days: number }
  | {
      readonly kind: 'repay'
      readonly of: number
      readonly share: number
      readonly from: 'cash' | 'wallet'
      readonly excess: 'wallet' | 'prepay'
    }
  | { readonly kind: 'reverse'; readonly of: number; readonly which: number }
  | { readonly kind: 'foreclose'; readonly of: number }
const which = fc.nat(2)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('days' as const), days: fc.integer({ min: 1, max: 40 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('repay' as const),
      of: which,
      // Of a lakh: from a rupee to more than is owed.
      share: fc.oneof(fc.integer({ min: 100, max: 1_000_000 }), fc.integer({ min: 1_000_000, max: 12_000_000 })),
      from: fc.constantFrom('cash' as const, 'wallet' as const),
      excess: fc.constantFrom('wallet' as const, 'prepay' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reverse' as const), of: which, which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('foreclose' as const), of: which }) },
)

/** What the loans say beside what the ledger says; every row that this selects is a break. */
const breaks = () =>
  w.db.pool.query<{ what: string }>(sql`
    with figures as (
      select l.id, l.state, l.principal, l.late_paid,
        sum(i.principal - i.paid_principal)::bigint as owed,
        sum(i.interest - i.paid_interest) filter (where i.fallen)::bigint as receivable,
        sum(i.paid_interest) filter (where not i.fallen)::bigint as advance,
        min(i.due_on) filter (where i.principal + i.interest > i.paid_principal + i.paid_interest) as unpaid_since, l.unpaid_since as said_since
      from lending.loan l join lending.instalment i on i.loan = l.id group by l.id),
    book(id, posted) as (select id, posted from ledger.account)
    select id || ': principal' as what from figures f
      where owed <> coalesce((select posted from book b where b.id = 'loan:' || f.id || ':principal'), 0)
    union all select id || ': interest receivable' from figures f
      where coalesce(receivable, 0) <> coalesce((select posted from book b where b.id = 'loan:' || f.id || ':interest'), 0)
    union all select id || ': interest in advance' from figures f
      where -coalesce(advance, 0) <> coalesce((select posted from book b where b.id = 'loan:' || f.id || ':interest_in_advance'), 0)
    union all select id || ': ended with something owed' from figures where state <> 'active' and (owed <> 0 or coalesce(receivable, 0) <> 0)
    union all select id || ': unpaid since' from figures where unpaid_since is distinct from said_since
    union all select id || ': statement' from figures f where owed <> principal -
      (select sum(m.principal)::bigint from lending.movement m where m.loan = f.id and m.kind in ('repayment', 'reversal', 'foreclosure'))
      and exists (select from lending.movement m where m.loan = f.id and m.kind in ('repayment', 'reversal', 'foreclosure'))
    union all select 'late charges' where (select coalesce(sum(late_paid), 0) from figures) <>
      -coalesce((select posted from book where id = 'income:late_charge'), 0)
    union all select 'trial balance' where (select sum(posted) from book) <> 0
    union all select transfer || ': unbalanced' from ledger.entry group by transfer having sum(amount) <> 0
    union all select 'not zero on ' || booked_on from ledger.entry group by booked_on having sum(amount) <> 0
    union all select account || ': entries' from ledger.entry e group by account having sum(amount) <> (select posted from book b where b.id = e.account)
    union all select id || ': below its guard' from ledger.account where min is not null and (case side when 'debit' then posted else -posted end) - held < min`)

let slips = 0
type Answer = Readonly<Record<string, unknown>>
const legsOf = async (transfer: unknown): Promise<readonly unknown[]> => {
  const rows = await w.db.pool.query<{ account: string; amount: bigint }>(
    sql`select account, amount from ledger.entry where transfer = ${String(transfer)} order by account`,
  )
  return rows.map(({ account, amount }) => ({ account, amount: Number(amount) }))
}

const repay = async (loan: string, { share: amount, from, excess }: Extract<Step, { kind: 'repay' }>): Promise<string | undefined> => {
  const quoted = await call('ravi', `GET /api/v1/loans/${loan}/repayment-quote?amount=${amount}&from=${from}&excess=${excess}`)
  const body = { payment: `slip-${++slips}`, amount, currency: 'INR', from, excess }
  const paid = await call('ravi', `POST /api/v1/loans/${loan}/repayments`, { body })
  if (paid.status !== 201) {
    assert.equal(paid.code, 'lending.loan_not_active', paid.text)
    assert.equal(quoted.code, paid.code)
    return undefined
  }
  const { split, receipt, loanState, outstanding } = paid.body as unknown as Answer & {
    split: Record<string, number>
    outstanding: Record<string, number>
  }
  assert.equal(
    Object.values(split).reduce((a, b) => a + b, 0),
    amount,
  )
  const { legs, after } = quoted.body as unknown as Answer & { legs: { account: string; amount: number }[]; after: Answer }
  assert.deepEqual(
    legs.map(({ account, amount: moved }) => ({ account, amount: moved })).toSorted((a, b) => (a.account < b.account ? -1 : 1)),
    await legsOf(receipt),
  )
  assert.deepEqual([after['state'], after['principal']], [loanState, outstanding['principal']])
  return String(paid.body['id'])
}

const foreclose = async (loan: string): Promise<void> => {
  const quoted = await call('ravi', `GET /api/v1/loans/${loan}/foreclosure-quote`)
  if (quoted.status !== 200) return assert.equal(quoted.code, 'lending.loan_not_active')
  const { quoteId, on, total } = quoted.body
  const ended = await call('ravi', `POST /api/v1/loans/${loan}/foreclosure`, { body: { quoteId, on, total, from: 'cash' } })
  assert.equal(ended.status, 200, ended.text)
  const moved = (await legsOf(ended.body['receipt'])) as { account: string; amount: number }[]
  assert.equal(moved.find(({ account }) => account === 'cash')?.amount ?? 0, total)
}

const live = async (steps: readonly Step[], kinds: readonly number[]): Promise<void> => {
  const loans: string[] = []
  for (const kind of kinds) loans.push(await w.activeLoan('meera', products[kind] ?? ''))
  const repayments = loans.map((): string[] => [])
  for (const one of steps) {
    if (one.kind === 'days') await w.travelTo(addDays(w.clock.today(), one.days))
    else {
      const loan = loans[one.of] ?? ''
      const paid = repayments[one.of] ?? []
      if (one.kind === 'foreclose') await foreclose(loan)
      else if (one.kind === 'repay') {
        const repayment = await repay(loan, one)
        if (repayment !== undefined) paid.push(repayment)
      } else if (paid.length > 0) {
        const [repayment] = paid.slice(one.which % paid.length)
        const { status, code } = await call('ravi', `POST /api/v1/loans/${loan}/repayments/${repayment}/reversal`, {
          body: { reason: 'bounced' },
        })
        if (status === 201) paid.splice(one.which % paid.length, 1)
        else assert.equal(code, 'lending.loan_not_active')
      }
    }
    assert.deepEqual(await breaks(), [], JSON.stringify(one))
  }
  for (const loan of loans) await chargesAddUp(loan)
  await balancesToZero()
}

/** The late charges of the schedule's rows are together what was charged: what was paid of it and what is owed of it. */
const chargesAddUp = async (loan: string): Promise<void> => {
  const { body: schedule } = await call('ravi', `GET /api/v1/loans/${loan}/schedule`)
  const { body: one } = await call('ravi', `GET /api/v1/loans/${loan}`)
  const [row] = await w.db.pool.query<{ late_paid: bigint }>(sql`select late_paid from lending.loan where id = ${loan}`)
  const charges = (schedule['items'] as unknown as { lateCharge: number }[]).map(({ lateCharge }) => lateCharge)
  assert.equal(
    charges.reduce((a, b) => a + b, 0),
    Number(row?.late_paid ?? 0n) + ((one as { outstanding?: { lateCharge: number } | null }).outstanding?.lateCharge ?? 0),
  )
}

/** The trial balance now and as of days all along. */
const balancesToZero = async (): Promise<void> => {
  const days: (string | undefined)[] = [undefined]
  for (let on = '2026-01-14'; on <= w.clock.today(); on = addDays(on, 13)) days.push(on)
  for (const on of days) {
    const { status, body } = await call('anil', `GET /api/v1/reports/trial-balance${on === undefined ? '' : `?on=${on}`}`)
    assert.deepEqual([status, body['difference']], [200, 0])
  }
}

test('random lives of loans: the rows agree with the ledger, the ledger sums to zero, quotes are what is posted', async () => {
  const lives = fc.asyncProperty(
    fc.array(step, { minLength: 12, maxLength: 20 }),
    fc.array(fc.nat(3), { minLength: 3, maxLength: 3 }),
    live,
  )
  await fc.assert(lives, { numRuns: rounds, endOnFailure: true, interruptAfterTimeLimit: timeMaxMs })
})

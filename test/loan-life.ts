import assert from 'node:assert/strict'
import { sql } from '#kernel/db'
import { addDays } from '#kernel/money'
import { dpdOf, dueBy, endsFor, half, type Lent, lived, owedPrincipal, owing, type Paid, type Stood } from './loan-oracle.ts'
import type { World } from './world.ts'
import type { Heard } from './world-http.ts'

type Call = (who: 'ravi' | 'anil', target: string, asked?: { readonly body?: unknown; readonly key?: string }) => Promise<Heard>
type Told = Readonly<Record<string, unknown>>

/** A loan under test: what the program knows of it, and what a plain model of it has been told. */
export interface Lived {
  readonly id: string
  readonly lent: Lent
  readonly feeRate: bigint
  readonly paid: Map<string, Paid & { readonly from: 'cash' | 'wallet' }>
  foreclosed: boolean
}

/** What all repayments that stand come to on a day, in the order in which they were booked. */
export const stoodOn = (loan: Lived, on: string, without?: string): Stood =>
  lived(
    loan.lent,
    [...loan.paid].filter(([id]) => id !== without).map(([, paid]) => paid),
    on,
  )

/** What the loan's repayments have put into their borrower's wallet and taken out of it. */
export const walletOf = (loan: Lived, on: string, without?: string): bigint => {
  const out = [...loan.paid].reduce((sum, [id, { from, amount }]) => (from === 'wallet' && id !== without ? sum + amount : sum), 0n)
  return stoodOn(loan, on, without).toWallet - out
}

/** All items of a list, page by page. */
const allOf = async (call: Call, target: string): Promise<readonly Told[]> => {
  const items: Told[] = []
  let next: string | null = ''
  while (next !== null) {
    const { body } = await call('ravi', next === '' ? target : `${target}&after=${next}`)
    const page = body as unknown as { readonly items: readonly Told[]; readonly next: string | null }
    items.push(...page.items)
    next = page.next
  }
  return items
}

const told = (figure: bigint): number => Number(figure)

/** The loan, its schedule and what it takes to end it, as the program tells them, against the model. */
export const agrees = async (call: Call, loan: Lived, today: string): Promise<void> => {
  const one = (await call('ravi', `GET /api/v1/loans/${loan.id}`)).body as Told
  if (loan.foreclosed) {
    assert.deepEqual([one['state'], one['toPay'], one['nextDue'], (one['outstanding'] as Told)['total']], ['foreclosed', 0, null, 0])
    return
  }
  const stood = stoodOn(loan, today)
  const { rows, lateCharge } = stood
  const due = dueBy(rows, today)
  const dueNow = due.reduce((sum, row) => sum + owing(row), 0n)
  const interest = due.reduce((sum, row) => sum + row.interest - row.paidInterest, 0n)
  const principal = owedPrincipal(rows)
  const next = rows.find((row) => owing(row) > 0n)
  const dpd = dpdOf(rows, today)
  const classes = ['SMA-0', 'SMA-1', 'SMA-2', 'NPA']
  assert.deepEqual(
    {
      state: one['state'],
      ended: one['endedOn'] !== null,
      toPay: one['toPay'],
      overdue: one['overdue'],
      dpd: one['dpd'],
      bucket: one['bucket'],
      outstanding: one['outstanding'],
      nextDue: one['nextDue'],
      paidInstalments: one['paidInstalments'],
    },
    {
      state: stood.closedOn === null ? 'active' : 'closed',
      ended: stood.closedOn !== null,
      toPay: told(dueNow + lateCharge),
      overdue: dpd > 0 && next ? { amount: told(dueNow), since: next.dueOn, lateCharge: told(lateCharge) } : null,
      dpd,
      bucket: dpd === 0 ? 'current' : stood.npa ? 'NPA' : classes[Math.min(3, Math.floor((dpd - 1) / 30))],
      outstanding: {
        principal: told(principal),
        interest: told(interest),
        lateCharge: told(lateCharge),
        total: told(principal + interest + lateCharge),
      },
      nextDue: next ? { number: next.number, dueOn: next.dueOn, amount: told(owing(next)) } : null,
      paidInstalments: rows.filter((row) => row.paidOn !== null).length,
    },
  )
  await scheduleAgrees(call, loan, { stood, today })
}

const scheduleAgrees = async (call: Call, { id }: Lived, { stood, today }: { readonly stood: Stood; readonly today: string }) => {
  const items = (await call('ravi', `GET /api/v1/loans/${id}/schedule`)).body['items'] as unknown as readonly Told[]
  const fields = ['number', 'dueOn', 'principal', 'interest', 'paidPrincipal', 'paidInterest', 'paidOn', 'total', 'state'] as const
  const stateOf = (row: Stood['rows'][number]): string => {
    if (row.paidOn !== null) return 'paid'
    if (row.dueOn < today) return 'late'
    if (row.paidPrincipal + row.paidInterest > 0n) return 'part'
    return row.dueOn === today ? 'due' : 'to come'
  }
  assert.deepEqual(
    items.map((item) => fields.map((field) => item[field])),
    stood.rows.map((row) => [
      row.number,
      row.dueOn,
      ...[row.principal, row.interest, row.paidPrincipal, row.paidInterest].map(told),
      row.paidOn,
      told(row.principal + row.interest),
      stateOf(row),
    ]),
  )
  const charged = items.reduce((sum, item) => sum + Number(item['lateCharge']), 0)
  assert.equal(charged, told(stood.latePaid + stood.lateCharge), 'the late charges of the rows')
}

/** What a quote for a day must say; the fee and its tax come on top. */
export const endsAt = (loan: Lived, on: string): number => {
  const stood = stoodOn(loan, on)
  const fee = half(owedPrincipal(stood.rows) * loan.feeRate, 100n)
  return told(endsFor(loan.lent, stood, on) + fee + half(fee * 18n, 100n))
}

/** The order in which repayments were booked, where several were under way at once. */
export const inOrder = async (w: World, loan: Lived): Promise<void> => {
  const booked = await w.db.pool.query<{ id: string }>(
    sql`select id from lending.movement where kind = 'repayment' and loan = ${loan.id} order by at, id`,
  )
  const known = [...loan.paid]
  loan.paid.clear()
  for (const { id } of booked) for (const [one, paid] of known) if (one === id) loan.paid.set(id, paid)
  assert.equal(loan.paid.size, known.length)
}

/** Every movement has its event and its transfer, figure for figure; the statement adds up from its oldest line on. */
export const announced = async (w: World, call: Call, loan: Lived): Promise<void> => {
  const found = await w.db.pool.query<{ type: string; data: string }>(sql`
    select body::jsonb ->> 'type' as type, (body::jsonb -> 'data')::text as data from events.event where key = ${loan.id} order by id`)
  const events = found.map(({ type, data }) => ({ type, data: JSON.parse(data) as Told }))
  const of = (type: string) => events.filter((event) => event.type === `lending.${type}.v1`)
  const lines = await allOf(call, `GET /api/v1/loans/${loan.id}/statement?limit=200`)
  const figures = ['lateCharge', 'interest', 'principal', 'wallet']
  const transfers = (kind: string, parts: readonly string[] = []) =>
    lines
      .filter((line) => line['kind'] === kind)
      .map((line) => [line['transfer'], Math.abs(Number(line['amount'])), ...parts.map((name) => (line['breakup'] as Told)[name])])
  const sorted = (list: readonly unknown[]) => list.map((one) => JSON.stringify(one)).toSorted()
  const said = (type: string, parts: readonly string[] = []) =>
    of(type).map(({ data }) => [data['transfer'], data['amount'], ...parts.map((name) => data[name])])
  assert.deepEqual(sorted(said('repaid', figures)), sorted(transfers('repayment', figures)))
  assert.deepEqual(sorted(said('repayment_reversed')), sorted(transfers('reversal')))
  for (const type of ['disbursed', 'foreclosed'])
    assert.equal(of(type).length, transfers(type === 'disbursed' ? 'disbursal' : 'foreclosure').length, type)
  const ended = of('closed').length - of('reopened').length
  const [now] = await w.db.pool.query<{ state: string }>(sql`select state from lending.loan where id = ${loan.id}`)
  assert.equal(ended, now?.state === 'closed' ? 1 : 0, 'closed and opened again')
  let balance = 0
  for (const { kind, amount, breakup, balance: after, id } of lines.toReversed()) {
    balance += (kind === 'disbursal' ? 1 : -1) * Number((breakup as Told)['principal'])
    assert.equal(after, balance, `${String(kind)} ${String(id)}`)
    const { lateCharge, interest, principal, fees, wallet } = breakup as Record<
      'lateCharge' | 'interest' | 'principal' | 'fees' | 'wallet',
      number
    >
    assert.equal(amount, fees + wallet + (kind === 'disbursal' ? 0 : lateCharge + interest + principal), `parts of ${String(kind)}`)
  }
}

/** The overview against what the loans say one by one. */
export const overviewAgrees = async (call: Call, today: string): Promise<void> => {
  const loans = await allOf(call, 'GET /api/v1/loans?state=active&limit=200')
  const { body } = await call('anil', 'GET /api/v1/reports/overview')
  const sumOf = (some: readonly Told[]) => some.reduce((sum, one) => sum + Number((one['outstanding'] as Told)['principal']), 0)
  assert.deepEqual([body['activeLoans'], body['outstanding']], [loans.length, { amount: sumOf(loans), loans: loans.length }])
  for (const { bucket, ...sums } of body['byBucket'] as unknown as { bucket: string }[]) {
    const those = loans.filter((one) => one['bucket'] === bucket)
    assert.deepEqual(sums, { loans: those.length, outstanding: sumOf(those) }, bucket)
    const listed = await allOf(call, `GET /api/v1/loans?bucket=${bucket}&limit=200`)
    assert.deepEqual(
      listed.map(({ id }) => id),
      those.map(({ id }) => id),
    )
  }
  const late = loans.filter((one) => one['overdue'] !== null && ((one['overdue'] as Told)['since'] as string) < today)
  assert.equal((body['overdue'] as unknown as Told)['loans'], late.length)
  assert.equal(addDays(today, 0), body['businessDate'])
}

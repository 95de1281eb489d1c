import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '#kernel/db'
import { database } from '#test/database'
import { breaksOf } from '#test/loan-breaks'
import { world } from '#test/world'
import { served } from '#test/world-http'

const w = await world(await database())
const { call } = await served(w)
const { body: product } = await w.product()
const loans = {
  parts: await w.activeLoan('meera', product.id),
  late: await w.activeLoan('meera', product.id),
  prepaid: await w.activeLoan('meera', product.id),
  closing: await w.activeLoan('meera', product.id, { instalments: 3 }),
  crowd: await w.activeLoan('meera', product.id),
  twins: await w.activeLoan('meera', product.id),
}

let slips = 0
const repay = (loan: string, amount: number, more: object = {}, who: 'ravi' | 'meera' = 'ravi') =>
  call(who, `POST /api/v1/loans/${loan}/repayments`, {
    body: { payment: `slip-${++slips}`, amount, currency: 'INR', from: 'cash', ...more },
  })
const look = async (loan: string): Promise<Record<string, unknown>> => (await call('ravi', `GET /api/v1/loans/${loan}`)).body
const schedule = async (loan: string): Promise<readonly Record<string, unknown>[]> =>
  (await call('ravi', `GET /api/v1/loans/${loan}/schedule`)).body['items'] as never
const wallet = async (): Promise<unknown> => (await call('ravi', `GET /api/v1/people/${w.who.meera.id}/wallet`)).body['available']
const balance = async (account: string): Promise<bigint> => {
  const [row] = await w.db.pool.query<{ posted: bigint }>(sql`select posted from ledger.account where id = ${account}`)
  return row?.posted ?? 0n
}
const split = (lateCharge: number, interest: number, principal: number, prepaid = 0, toWallet = 0) => ({
  lateCharge,
  interest,
  principal,
  prepaid,
  wallet: toWallet,
})

test('one payment id is one payment, whatever the key: the first receipt is named', async () => {
  const body = { payment: 'bank-ref-1', amount: 100_000, currency: 'INR', from: 'cash' }
  const first = await call('ravi', `POST /api/v1/loans/${loans.twins}/repayments`, { body, key: 'first' })
  assert.equal(first.status, 201)
  const again = await call('ravi', `POST /api/v1/loans/${loans.twins}/repayments`, { body, key: 'second' })
  assert.deepEqual([again.status, again.code], [409, 'lending.payment_known'])
  const { receipt, repayment } = again.body['facts'] as unknown as Record<string, unknown>
  assert.deepEqual([receipt, repayment], [first.body['receipt'], first.body['id']])
  // On another loan too: the money came once.
  const other = await call('ravi', `POST /api/v1/loans/${loans.parts}/repayments`, { body, key: 'third' })
  assert.deepEqual(
    [other.code, (other.body['facts'] as unknown as { receipt: string }).receipt],
    ['lending.payment_known', first.body['receipt']],
  )
  const changed = await call('ravi', `POST /api/v1/loans/${loans.twins}/repayments`, { body: { ...body, amount: 1 }, key: 'first' })
  assert.deepEqual([changed.status, changed.code], [422, 'operations.key_reused'])
})

test('a hundred callers with one key are one payment, and all get the same bytes', async () => {
  const body = { payment: 'bank-ref-2', amount: 50_000, currency: 'INR', from: 'cash' }
  const before = await balance('cash')
  const came = await Promise.all(
    Array.from({ length: 100 }, () => call('ravi', `POST /api/v1/loans/${loans.twins}/repayments`, { body, key: 'crowd' })),
  )
  assert.equal(new Set(came.map(({ text }) => text)).size, 1)
  assert.deepEqual(new Set(came.map(({ status }) => status)), new Set([201]))
  assert.equal((await balance('cash')) - before, 50_000n)
  const later = await call('ravi', `POST /api/v1/loans/${loans.twins}/repayments`, { body, key: 'crowd' })
  assert.deepEqual([later.text, later.headers['idempotency-replayed']], [came[0]?.text, 'true'])
})

test('a refusal made under the locks is replayed too, even when it would succeed by then', async () => {
  await call('ravi', `POST /api/v1/people/${w.who.dev.id}/deposits`, { body: { payment: 'd1', amount: 500, currency: 'INR' } })
  const out = { payment: 'w1', amount: 600, currency: 'INR' }
  const address = `POST /api/v1/people/${w.who.dev.id}/withdrawals`
  const refused = await call('ravi', address, { body: out, key: 'too-much' })
  assert.deepEqual([refused.status, refused.code], [422, 'ledger.insufficient'])
  await call('ravi', `POST /api/v1/people/${w.who.dev.id}/deposits`, { body: { payment: 'd2', amount: 500, currency: 'INR' } })
  assert.equal((await call('ravi', address, { body: out, key: 'too-much' })).text, refused.text)
  assert.equal((await call('ravi', address, { body: out })).status, 201)
})

test('fifty repayments of one loan at once: each is booked, the loan is paid by their sum, never twice', async () => {
  const share = 30_000
  const came = await Promise.all(Array.from({ length: 50 }, (_, at) => repay(loans.crowd, share, { payment: `crowd-${at}` })))
  assert.deepEqual(new Set(came.map(({ status }) => status)), new Set([201]))
  const [row] = await w.db.pool.query<Record<string, bigint>>(sql`
    select (select count(*) from lending.movement where loan = ${loans.crowd} and kind = 'repayment') as movements,
      (select sum(amount)::bigint from lending.movement where loan = ${loans.crowd} and kind = 'repayment') as paid,
      (select sum(principal)::bigint from lending.movement where loan = ${loans.crowd} and kind = 'repayment') as principal,
      (select sum(interest)::bigint from lending.movement where loan = ${loans.crowd} and kind = 'repayment') as interest,
      (select sum(wallet)::bigint from lending.movement where loan = ${loans.crowd} and kind = 'repayment') as wallet,
      (select sum(paid_principal)::bigint from lending.instalment where loan = ${loans.crowd}) as row_principal,
      (select sum(paid_interest)::bigint from lending.instalment where loan = ${loans.crowd}) as row_interest`)
  assert.deepEqual(
    { ...row },
    // One payment reaches one row: what the 31st brought beyond the first instalment, 9,026.00, went to the wallet; the others paid the second.
    {
      movements: 50n,
      paid: 1_500_000n,
      principal: 1_232_320n,
      interest: 240_280n,
      wallet: 27_400n,
      row_principal: 1_232_320n,
      row_interest: 240_280n,
    },
  )
  assert.equal(await balance(`loan:${loans.crowd}:principal`), 10_000_000n - 1_232_320n)
  assert.equal(await balance(`loan:${loans.crowd}:interest_in_advance`), -240_280n)
})

test('fifty callers pay from one wallet that has enough for seven', async () => {
  const { body } = await call('ravi', `GET /api/v1/people/${w.who.tara.id}/wallet`)
  assert.equal(body['available'], 0)
  await w.paidIn('tara', 7_500)
  const out = (at: number) =>
    call('ravi', `POST /api/v1/people/${w.who.tara.id}/withdrawals`, { body: { payment: `out-${at}`, amount: 1_000, currency: 'INR' } })
  const came = await Promise.all(Array.from({ length: 50 }, (_, at) => out(at)))
  assert.equal(came.filter(({ status }) => status === 201).length, 7)
  assert.equal(came.filter(({ code }) => code === 'ledger.insufficient').length, 43)
  assert.equal(await balance(`wallet:${w.who.tara.id}`), -500n)
})

test('in advance and in parts: interest of the next row first, the rest of it, then the wallet', async () => {
  assert.deepEqual((await repay(loans.parts, 100_000)).body['split'], split(0, 100_000, 0))
  assert.deepEqual((await look(loans.parts))['moves'], ['repay', 'foreclose', 'reverse'])
  assert.deepEqual((await schedule(loans.parts)).map(({ state }) => state).slice(0, 2), ['part', 'to come'])
  assert.deepEqual((await repay(loans.parts, 25_001)).body['split'], split(0, 25_000, 1))
  const had = Number(await wallet())
  assert.deepEqual((await repay(loans.parts, 777_599 + 5)).body['split'], split(0, 0, 777_599, 0, 5))
  assert.equal(await wallet(), had + 5)
  const { body } = await call('ravi', `GET /api/v1/loans/${loans.parts}/statement?limit=1`)
  const [line] = body['items'] as unknown as readonly { breakup: unknown }[]
  assert.deepEqual(line?.breakup, { lateCharge: 0, interest: 0, principal: 777_599, fees: 0, wallet: 5 })
  const { nextDue, paidInstalments, endedOn } = await look(loans.parts)
  assert.deepEqual([nextDue, paidInstalments, endedOn], [{ number: 2, dueOn: '2026-03-15', amount: 902_600 }, 1, null])
  // Nothing is income yet: the day has not come.
  assert.equal(await balance('income:interest'), 0n)
})

test('from the wallet nothing is taken to go back there: only the difference moves', async () => {
  const had = Number(await wallet())
  const { body } = await repay(loans.prepaid, 125_100, { from: 'wallet' }, 'meera')
  assert.deepEqual(body['split'], split(0, 125_000, 100))
  assert.equal(await wallet(), had - 125_100)
  const more = await repay(loans.prepaid, 777_500 + 42, { from: 'wallet' }, 'meera')
  assert.deepEqual(more.body['split'], split(0, 0, 777_500, 0, 42))
  assert.equal(await wallet(), had - 902_600)
})

test('a borrower cannot say that cash was given', async () => {
  const { status, code } = await repay(loans.parts, 1_000, {}, 'meera')
  assert.deepEqual([status, code], [422, 'lending.cash_by_staff_only'])
})

test('another currency is refused', async () => {
  const { status, code, body } = await repay(loans.parts, 1_000, { currency: 'EUR' })
  assert.deepEqual([status, code, body['facts']], [422, 'lending.currency_mismatch', { given: 'EUR', expected: 'INR' }])
})

test('prepayment keeps the instalment and ends the loan sooner', async () => {
  const { body } = await repay(loans.prepaid, 5_000_000, { excess: 'prepay' })
  // The first row is paid: the second is the next, and what is left comes off the principal.
  assert.deepEqual(body['split'], split(0, 115_280, 787_320, 4_097_400))
  // To the statement, and to whoever hears of it, what came off beyond the rows is principal as any other.
  const { body: told } = await call('ravi', `GET /api/v1/loans/${loans.prepaid}/statement?limit=1`)
  const parts = { lateCharge: 0, interest: 115_280, principal: 787_320 + 4_097_400, wallet: 0 }
  const [line] = told['items'] as unknown as readonly { breakup: object }[]
  assert.deepEqual(line?.breakup, { ...parts, fees: 0 })
  const [heard] = await w.db.pool.query<{ body: string }>(
    sql`select body from events.event where key = ${loans.prepaid} and type = 'lending.repaid.v1' order by pos desc limit 1`,
  )
  const { data } = JSON.parse(heard?.body ?? '') as { data: Record<keyof typeof parts, number> }
  assert.deepEqual({ lateCharge: data.lateCharge, interest: data.interest, principal: data.principal, wallet: data.wallet }, parts)
  const rows = await schedule(loans.prepaid)
  assert.equal(rows.length, 7)
  assert.equal(rows[2]?.['opening'], 10_000_000 - 777_600 - 787_320 - 4_097_400)
  assert.deepEqual([rows[2]?.['total'], rows.at(-1)?.['closing']], [902_600, 0])
  // More than all that is left: the rest is the borrower's.
  const rest = await repay(loans.prepaid, 10_000_000, { excess: 'prepay' })
  assert.deepEqual(rest.body['split'], split(0, 54_221, 848_379, 3_489_301, 5_608_099))
  assert.equal(rest.body['loanState'], 'closed')
})

test('a closed loan takes nothing more', async () => {
  const { status, code, body } = await repay(loans.prepaid, 1_000)
  assert.deepEqual([status, code, body['facts']], [409, 'lending.loan_not_active', { loan: loans.prepaid, state: 'closed' }])
})

test('late: the charge grows by 0.05 % a day of what is overdue, and is taken first; then all interest, then principal', async () => {
  await w.travelTo('2026-03-18')
  // 9,026.00 is 31 days late and 9,026.00 three: 34 days × 4.513 = 153.44.
  const loan = await look(loans.late)
  assert.deepEqual(loan['overdue'], { amount: 1_805_200, since: '2026-02-15', lateCharge: 15_344 })
  assert.deepEqual([loan['dpd'], loan['bucket'], loan['toPay']], [32, 'SMA-1', 1_820_544])
  const interest = 125_000 + 115_280
  assert.deepEqual((await repay(loans.late, 15_000)).body['split'], split(15_000, 0, 0))
  assert.deepEqual((await look(loans.late))['moves'], ['repay', 'foreclose', 'reverse'])
  assert.deepEqual((await repay(loans.late, 344 + 200_000)).body['split'], split(344, 200_000, 0))
  // Of the second row 36,720 interest paid by then; what is overdue is charged on as it stands.
  assert.deepEqual((await repay(loans.late, interest - 200_000 + 777_600)).body['split'], split(0, interest - 200_000, 777_600))
  const { body } = await repay(loans.late, 787_320)
  assert.deepEqual([body['split'], body['loanState']], [split(0, 0, 787_320), 'active'])
  const after = await look(loans.late)
  assert.deepEqual([after['dpd'], after['bucket'], after['toPay'], after['overdue'], after['paidInstalments']], [0, 'current', 0, null, 2])
  assert.equal(await balance('income:late_charge'), -15_344n)
})

test('a paid row says how late it was', async () => {
  const rows = await schedule(loans.late)
  assert.deepEqual(
    rows.slice(0, 3).map(({ state, paidOn, daysLate }) => [state, paidOn, daysLate]),
    [
      ['paid', '2026-03-18', 31],
      ['paid', '2026-03-18', 3],
      ['to come', null, 0],
    ],
  )
})

test('the last exact payment closes the loan; interest became income on its due dates', async () => {
  const due = (await look(loans.closing))['toPay'] as number
  await repay(loans.closing, due)
  await w.travelTo('2026-04-15')
  assert.equal((await schedule(loans.closing))[2]?.['state'], 'due')
  const { toPay } = (await look(loans.closing)) as { toPay: number }
  const last = await repay(loans.closing, toPay)
  assert.deepEqual([last.body['loanState'], (last.body['split'] as unknown as { wallet: number }).wallet], ['closed', 0])
  assert.deepEqual((await look(loans.closing))['outstanding'], { principal: 0, interest: 0, lateCharge: 0, total: 0 })
  for (const account of ['principal', 'interest', 'interest_in_advance'])
    assert.equal(await balance(`loan:${loans.closing}:${account}`), 0n, account)
  const booked = await w.db.pool.query<{ on: string }>(
    sql`select booked_on as on from lending.movement where loan = ${loans.closing} and kind = 'interest_due' order by booked_on`,
  )
  assert.deepEqual(
    booked.map(({ on }) => on),
    ['2026-02-15', '2026-03-15', '2026-04-15'],
  )
})

test('loans by the day on which they are next due: page after page, none is left out', async () => {
  const page = async (
    query: string,
  ): Promise<{ items: readonly { id: string; nextDue: { dueOn: string } | null }[]; next: string | null }> =>
    (await call('ravi', `GET /api/v1/loans?sort=due${query}`)).body as never
  const { items } = await page('')
  const days = items.map(({ nextDue }) => nextDue?.dueOn ?? '9999-12-31')
  assert.deepEqual([days, new Set(days).size > 2], [days.toSorted(), true])
  const walked: string[] = []
  for (let next: string | null = ''; next !== null && walked.length < items.length;) {
    const read = await page(next === '' ? '&limit=1' : `&limit=1&after=${next}`)
    walked.push(...read.items.map(({ id }) => id))
    next = read.next
  }
  assert.deepEqual(
    walked,
    items.map(({ id }) => id),
  )
})

test('what the loans say of themselves is what their rows, statements and accounts come to', async () => {
  assert.deepEqual(await breaksOf(w.db.pool, Object.values(loans)), [])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ledgerRoutes } from '#kernel/ledger'
import { addDays } from '#kernel/money'
import { database } from '#test/database'
import { world } from '#test/world'
import { served } from '#test/world-http'
import { QUOTE_DAYS_AHEAD } from './foreclose.ts'

const w = await world(await database())
const { call } = await served(w, ledgerRoutes)
const { body: product } = await w.product()
const usual = await w.activeLoan('meera', product.id)
const today = w.clock.today()
const until = addDays(today, QUOTE_DAYS_AHEAD)
const tooFar = (on: string) => [422, 'lending.date_too_far', { on, today, until }]
const passed = (on: string) => [422, 'lending.date_passed', { on, today }]
const shapeless = [400, 'operations.input_invalid', { fields: 1 }]
const loanQuote = (disbursedOn: string, firstDueOn: string) => ({
  principal: 100_000,
  currency: 'INR',
  annualRate: '12',
  instalments: 3,
  frequency: 'monthly',
  method: 'emi',
  dayCount: 'per_period',
  rounding: { instalment: 'paisa', residue: 'last' },
  fees: [],
  disbursedOn,
  firstDueOn,
})
const outOfYears = (disbursedOn: string, firstDueOn: string) => [
  422,
  'lending.date_out_of_range',
  { disbursedOn, firstDueOn, from: '1900-01-01', to: '2199-12-31' },
]
// Every date that lending and the reports take, at the ends of what it may be.
const dates: readonly (readonly [target: string, came: unknown, body?: object])[] = [
  [`GET /api/v1/loans/${usual}/foreclosure-quote?on=${today}`, 200],
  [`GET /api/v1/loans/${usual}/foreclosure-quote?on=${until}`, 200],
  [`GET /api/v1/loans/${usual}/foreclosure-quote?on=${addDays(until, 1)}`, tooFar(addDays(until, 1))],
  [`GET /api/v1/loans/${usual}/foreclosure-quote?on=9999-12-31`, tooFar('9999-12-31')],
  [`GET /api/v1/loans/${usual}/foreclosure-quote?on=${addDays(today, -1)}`, passed(addDays(today, -1))],
  [`GET /api/v1/loans/${usual}/foreclosure-quote?on=1600-01-01`, passed('1600-01-01')],
  [`GET /api/v1/loans/${usual}/foreclosure-quote?on=1599-12-31`, shapeless],
  [`GET /api/v1/loans/${usual}/foreclosure-quote?on=2026-02-30`, shapeless],
  [
    `POST /api/v1/loans/${usual}/foreclosure`,
    [409, 'lending.quote_stale', { loan: usual, on: '9999-12-31', today }],
    { quoteId: 'quote_x', on: '9999-12-31', total: 1, from: 'cash' },
  ],
  ['POST /api/v1/loan-quotes', 200, loanQuote('1900-01-01', '1900-02-01')],
  ['POST /api/v1/loan-quotes', outOfYears('1899-12-31', '1900-02-01'), loanQuote('1899-12-31', '1900-02-01')],
  ['POST /api/v1/loan-quotes', 200, loanQuote('2199-12-01', '2199-12-31')],
  ['POST /api/v1/loan-quotes', outOfYears('2199-12-01', '2200-01-01'), loanQuote('2199-12-01', '2200-01-01')],
  // What is booked by a day is told of any day: of one before all nothing, of one ahead what stands now, for nothing is booked ahead.
  ['GET /api/v1/reports/trial-balance?on=1600-01-01', 200],
  ['GET /api/v1/reports/trial-balance?on=9999-12-31', 200],
  ['GET /api/v1/reports/trial-balance?on=1599-12-31', shapeless],
  ['GET /api/v1/ledger/accounts/income:processing_fee?on=1600-01-01', 200],
  ['GET /api/v1/ledger/accounts/income:processing_fee?on=9999-12-31', 200],
  ['GET /api/v1/ledger/accounts/income:processing_fee?on=9999-12-31T23:59:59Z', 200],
  ['GET /api/v1/ledger/accounts/income:processing_fee?on=10000-01-01', shapeless],
]
for (const [target, came, body] of dates)
  test(`${target.replace(usual, ':loan')}${body && 'disbursedOn' in body ? ` ${String(body.disbursedOn)}` : ''}`, async () => {
    const heard = await call('ravi', target, body ? { body } : {})
    assert.deepEqual(heard.status === 200 ? 200 : [heard.status, heard.code, heard.body['facts']], came)
  })

test('a trial balance of a day ahead is that of now; of a day before all, nothing', async () => {
  const { on: _, ...ahead } = (await call('ravi', 'GET /api/v1/reports/trial-balance?on=9999-12-31')).body
  const { on: __, ...now } = (await call('ravi', 'GET /api/v1/reports/trial-balance')).body
  assert.deepEqual(ahead, now)
  assert.deepEqual((await call('ravi', 'GET /api/v1/reports/trial-balance?on=1600-01-01')).body['rows'], [])
})

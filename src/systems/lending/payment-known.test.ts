import assert from 'node:assert/strict'
import { test } from 'node:test'
import { post } from '#kernel/ledger'
import { operation } from '#kernel/operations'
import { database } from '#test/database'
import { type Name, world } from '#test/world'
import { served } from '#test/world-http'
import { z } from 'zod'
import { cash, credit, debit, feeIncome } from './accounts.ts'

const w = await world(await database())
const { call } = await served(w)
const { body: product } = await w.product()
const [meeras, devs] = [await w.activeLoan('meera', product.id), await w.activeLoan('dev', product.id)]
const pay = (who: Name, loan: string, payment: string) =>
  call(who, `POST /api/v1/loans/${loan}/repayments`, {
    body: { payment, amount: 1_000, currency: 'INR', from: who === 'ravi' || who === 'asha' ? 'cash' : 'wallet' },
  })
const [ofDev, ofMeera] = [(await pay('dev', devs, 'UTR-1')).body, (await pay('ravi', meeras, 'UTR-2')).body]
const factsOf = ({ payment, receipt, id }: typeof ofDev) => ({ payment, receipt, repayment: id })

// Whoever may read a receipt is told which it is; anybody else only that the name of their payment is taken.
const table: readonly (readonly [who: Name, loan: string, payment: string, facts: object])[] = [
  ['meera', meeras, 'UTR-1', { payment: 'UTR-1' }],
  ['meera', meeras, 'UTR-2', factsOf(ofMeera)],
  ['dev', devs, 'UTR-2', { payment: 'UTR-2' }],
  ['dev', devs, 'UTR-1', factsOf(ofDev)],
  ['ravi', meeras, 'UTR-1', factsOf(ofDev)],
  ['asha', devs, 'UTR-2', factsOf(ofMeera)],
]
for (const [who, loan, payment, facts] of table)
  test(`${who} is told of ${payment}, booked before, on ${loan === devs ? "Dev's" : "Meera's"} loan: ${Object.keys(facts).join(', ')}`, async () => {
    const { status, code, body } = await pay(who, loan, payment)
    assert.deepEqual([status, code, body['facts']], [409, 'lending.payment_known', facts])
  })

const take = operation(
  'test.take_payment',
  { summary: 'Take a key', input: z.strictObject({ key: z.string() }), answer: z.strictObject({ id: z.string() }), may: ['system'] },
  async ({ tx }, { key }) => ({ id: (await post(tx, { key, legs: [debit(cash, 1n), credit(feeIncome, 1n)] })).receipt }),
)

test('a payment that only the ledger knows, as of another process a moment ago: the receipt for staff alone', async () => {
  const { id } = await w.asSystem(take, { key: 'repayment:UTR-3' })
  assert.deepEqual((await pay('meera', meeras, 'UTR-3')).body['facts'], { payment: 'UTR-3' })
  assert.deepEqual((await pay('ravi', meeras, 'UTR-3')).body['facts'], { payment: 'UTR-3', receipt: id })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '#kernel/db'
import { database } from '#test/database'
import { world } from '#test/world'
import { repay } from './repay.ts'

const w = await world(await database())
const { body: product } = await w.product()
const loan = await w.activeLoan('meera', product.id)

test('from application to disbursal', async () => {
  const [row] = await w.db.pool.query<{ state: string }>(sql`select state, failure, reasons from lending.loan where id = ${loan}`)
  assert.equal(row?.state, 'active')
})

test('repay', async () => {
  await w.travelTo('2026-02-15')
  const came = await w.ask(w.who.ravi, repay, { loan, payment: 'p1', amount: 902_600, currency: 'INR', from: 'cash', excess: 'wallet' })
  assert.deepEqual(came.body.split, { lateCharge: 0, interest: 125_000, principal: 777_600, prepaid: 0, wallet: 0 })
})

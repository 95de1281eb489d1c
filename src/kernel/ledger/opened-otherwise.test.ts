import assert from 'node:assert/strict'
import { test } from 'node:test'
import { database } from '#test/database'
import { type Name, world } from '#test/world'
import { served } from '#test/world-http'
import { footprint } from '#test/stage'
import { ledgerRoutes } from '#kernel/ledger'

const db = await database()
const w = await world(db)
const { call } = await served(w, ledgerRoutes)
const open = (id: string, more: object) => call('asha', 'POST /api/v1/ledger/accounts', { body: { id, ...more } })
const deposit = (who: Name, payment: string) =>
  call('ravi', `POST /api/v1/people/${w.who[who].id}/deposits`, { body: { payment, amount: 500, currency: 'INR' } })
const takeOut = (who: Name, amount: number) =>
  call('ravi', `POST /api/v1/people/${w.who[who].id}/withdrawals`, { body: { payment: `out-${who}`, amount, currency: 'INR' } })

// Whoever opened a wallet by hand before its first use could take its guard away, or turn it round.
const terms = { unit: 'INR', side: 'credit', min: 0 }
for (const [what, who, change] of [
  ['without its guard', 'meera', { min: null }],
  ['with a lower guard', 'dev', { min: -100_000 }],
  ['of another unit', 'tara', { unit: 'USD' }],
  ['on the other side', 'anil', { side: 'debit' }],
] as const)
  test(`an account that was opened by hand ${what} is not taken for the system's own`, async () => {
    assert.equal((await open(`wallet:${w.who[who].id}`, { ...terms, ...change })).status, 201)
    const before = await footprint(db)
    for (const { status, code, body } of [await deposit(who, `in-${who}`), await takeOut(who, 1)])
      assert.deepEqual([status, code, body['facts']], [409, 'ledger.account_differs', { account: `wallet:${w.who[who].id}` }])
    assert.equal(await footprint(db), before)
  })

test('nor is one that would be nobody’s, though all else is as it should be', async () => {
  assert.equal((await open(`wallet:${w.who.asha.id}`, terms)).status, 201)
  assert.equal((await deposit('asha', 'in-asha')).code, 'ledger.account_differs')
})

test('one that was opened as the system opens it serves as well', async () => {
  assert.equal((await open('cash', { unit: 'INR', side: 'debit' })).status, 201)
  assert.equal((await deposit('kiran', 'in-kiran')).status, 201)
  assert.deepEqual([(await takeOut('kiran', 501)).code, (await takeOut('kiran', 500)).status], ['ledger.insufficient', 201])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { database } from '#test/database'
import { wholeProgram } from '#test/whole-program'

const db = await database()
const { ask } = await wholeProgram(db)

let calls = 0
const post = (path: string, body: Readonly<Record<string, unknown>>) =>
  ask('admin', `POST /api/v1/ledger/${path}`, { body, key: `by-hand-${++calls}` })
const leg = (account: string, amount: number) => ({ account, amount, unit: 'INR' })

test('an account needs its name and unit; it stands on the debit side, without a guard, unless said', async () => {
  assert.deepEqual(await post('accounts', { id: 'till:1', unit: 'INR' }).then(({ status, body }) => [status, body]), [
    201,
    { id: 'till:1', code: 'till:1', unit: 'INR', side: 'debit', min: null },
  ])
  assert.equal((await post('accounts', { id: 'till:2', unit: 'INR', min: 0 })).status, 201)
  const moved = await post('transfers', { key: 'fill', legs: [leg('till:1', -700), leg('till:2', 700)] })
  assert.deepEqual(moved.body['balances'], [
    { account: 'till:1', posted: -700, held: 0, available: -700 },
    { account: 'till:2', posted: 700, held: 0, available: 700 },
  ])
  assert.equal((await post('transfers', { key: 'drain', legs: [leg('till:2', -701), leg('till:1', 701)] })).code, 'ledger.insufficient')
})

test('a hold may say its end in the time of any zone', async () => {
  const held = await post('holds', { account: 'till:2', to: 'till:1', amount: 5, expiresAt: '2099-01-01T05:30:00+05:30' })
  assert.deepEqual([held.status, held.body['expiresAt']], [201, '2099-01-01T00:00:00.000Z'])
  const released = await post(`holds/${String(held.body['id'])}/release`, {})
  assert.deepEqual([released.status, released.body['state']], [200, 'released'])
})

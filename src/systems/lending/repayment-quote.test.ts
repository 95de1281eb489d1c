import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '#kernel/db'
import { database } from '#test/database'
import { world } from '#test/world'
import { served } from '#test/world-http'

const w = await world(await database())
const { call } = await served(w)
const { body: product } = await w.product()
const loan = await w.activeLoan('meera', product.id)
// Two days late: 9.03 of late charge on 9,026.00.
await w.travelTo('2026-02-17')

type Told = Readonly<Record<string, unknown>>
const quote = async (amount: number, excess: string): Promise<{ readonly allocation: readonly Told[]; readonly legs: readonly Told[] }> =>
  (await call('ravi', `GET /api/v1/loans/${loan}/repayment-quote?amount=${amount}&excess=${excess}`)).body as never
const parts = async (amount: number, excess: string): Promise<unknown> =>
  (await quote(amount, excess)).allocation.map(({ kind, number, due, paid, left }) => [kind, number, due, paid, left])
const late = ['lateCharge', null, 903, 903, 0]
const first = [
  ['interest', 1, 125_000, 125_000, 0],
  ['principal', 1, 777_600, 777_600, 0],
]
const second = [
  ['interest', 2, 115_280, 115_280, 0],
  ['principal', 2, 787_320, 787_320, 0],
]

const table: readonly (readonly [amount: number, excess: string, parts: readonly unknown[]])[] = [
  [900, 'wallet', [['lateCharge', null, 903, 900, 3]]],
  [903 + 50_000, 'wallet', [late, ['interest', 1, 125_000, 50_000, 75_000], ['principal', 1, 777_600, 0, 777_600]]],
  [903 + 902_600, 'wallet', [late, ...first]],
  [903 + 2 * 902_600 + 1, 'wallet', [late, ...first, ...second, ['wallet', null, 1, 1, 0]]],
  [903 + 2 * 902_600 + 1, 'prepay', [late, ...first, ...second, ['prepay', null, 1, 1, 0]]],
]
for (const [amount, excess, wanted] of table)
  test(`what ${amount} would do, the rest ${excess === 'wallet' ? 'to the wallet' : 'prepaid'}`, async () =>
    assert.deepEqual(await parts(amount, excess), wanted))

test('accounts are told as they stand, and as they then stand', async () => {
  const balances = async (): Promise<ReadonlyMap<unknown, number>> => {
    const found = await w.db.pool.query<{ id: string; posted: bigint; side: string }>(sql`select id, posted, side from ledger.account`)
    return new Map(found.map(({ id, posted, side }) => [id, Number(side === 'debit' ? posted : -posted)]))
  }
  const amount = 903 + 2 * 902_600 + 1
  const { legs } = await quote(amount, 'wallet')
  const before = await balances()
  const body = { payment: 'slip-1', amount, currency: 'INR', from: 'cash' }
  assert.equal((await call('ravi', `POST /api/v1/loans/${loan}/repayments`, { body })).status, 201)
  const after = await balances()
  assert.deepEqual(
    legs.map((leg) => [leg['account'], leg['before'], leg['after']]),
    legs.map(({ account }) => [account, before.get(account) ?? 0, after.get(account)]),
  )
  assert.equal(legs.length, 6)
})

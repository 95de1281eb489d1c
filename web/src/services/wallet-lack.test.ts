import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lackOf } from '#services/wallet-lack.ts'

void test('a wallet lacks what an amount is beyond it, and nothing as long as one of them is not known', () => {
  const wallet = { available: 10_000 }
  assert.deepEqual(
    [0, 9_999, 10_000, 10_001, 25_000].map((amount) => lackOf(wallet, amount)),
    [0, 0, 0, 1, 15_000],
  )
  assert.equal(lackOf({ available: 0 }, 1), 1)
  assert.equal(lackOf(wallet, undefined), 0)
  assert.equal(lackOf(undefined, 5), 0)
})

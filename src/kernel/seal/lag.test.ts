import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lag } from './lag.ts'

test('the lag is the time since a moment before which everything is sealed', () => {
  let now = 1_000
  const lag = new Lag(() => now)
  lag.saw(10n, 10n)
  assert.equal(lag.ms(), 0)
  now = 1_200
  lag.saw(15n, 12n)
  assert.equal(lag.ms(), 200, 'transactions 12 to 14 are open')
  now = 7_200
  lag.saw(40n, 12n)
  assert.equal(lag.ms(), 6_200)
  now = 7_300
  lag.saw(41n, undefined)
  assert.equal(lag.ms(), 6_300, 'a batch that a limit cut tells nothing')
  lag.saw(41n, 40n)
  assert.equal(lag.ms(), 100)
  lag.saw(41n, 41n)
  assert.equal(lag.ms(), 0)
})

test('while nothing advances, the oldest moment is kept', () => {
  let now = 0
  const lag = new Lag(() => now)
  for (let i = 1; i <= 5_000; i++) {
    now = i
    lag.saw(BigInt(i + 5), 1n)
  }
  assert.equal(lag.ms(), 5_000)
  lag.saw(6_000n, 6_000n)
  assert.equal(lag.ms(), 0)
})

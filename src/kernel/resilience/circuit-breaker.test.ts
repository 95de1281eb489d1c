import assert from 'node:assert/strict'
import { test } from 'node:test'
import { breakerRules, type CircuitBreakerConfig } from './breaker-config.ts'
import { CallNotPermittedError } from './breaker-state.ts'
import { circuitBreaker } from './circuit-breaker.ts'
import { virtualTime } from './virtual-time.ts'

const failing = (): never => {
  throw new Error('down')
}

test('refuses a bad configuration by the name of the field', () => {
  const cases: [CircuitBreakerConfig, RegExp][] = [
    [{ slidingWindowSize: 0 }, /slidingWindowSize/],
    [{ slidingWindowSize: 1.5 }, /slidingWindowSize/],
    [{ slidingWindowSize: 1_000_001 }, /slidingWindowSize/],
    [{ minimumNumberOfCalls: 0 }, /minimumNumberOfCalls/],
    [{ failureRateThreshold: 0 }, /failureRateThreshold/],
    [{ failureRateThreshold: 100.1 }, /failureRateThreshold/],
    [{ slowCallRateThreshold: Number.NaN }, /slowCallRateThreshold/],
    [{ slowCallDurationThresholdMs: 0 }, /slowCallDurationThresholdMs/],
    [{ permittedNumberOfCallsInHalfOpenState: 0 }, /permittedNumberOfCallsInHalfOpenState/],
    [{ waitDurationInOpenStateMs: 0 }, /waitDurationInOpenStateMs/],
    [{ maxWaitDurationInHalfOpenStateMs: -1 }, /maxWaitDurationInHalfOpenStateMs/],
    [{ waitDurationInOpenStateMs: 1, waitIntervalFunctionInOpenState: () => 1 }, /exclude/],
    [{ initialState: 'AJAR' as 'OPEN' }, /initialState/],
    [{ slidingWindowType: 'count' as 'COUNT_BASED' }, /slidingWindowType/],
    [{ transitionToStateAfterWaitDuration: 'HALF' as 'OPEN' }, /transitionToStateAfterWaitDuration/],
  ]
  for (const [config, message] of cases) assert.throws(() => circuitBreaker('x', config), message)
  assert.deepEqual(breakerRules({ slidingWindowSize: undefined }).slidingWindowSize, 100)
})

test('a wait that is no number does not keep a breaker open for ever, and a clock may begin below 0', () => {
  let now = -12_345
  const config: CircuitBreakerConfig = { slidingWindowType: 'TIME_BASED', slidingWindowSize: 2, minimumNumberOfCalls: 2 }
  const odd = circuitBreaker('odd', { ...config, waitIntervalFunctionInOpenState: () => Number.NaN }, { clock: { now: () => now } })
  for (let call = 0; call < 3; call++) odd.onError(1)
  assert.equal(odd.state, 'OPEN')
  now += 1
  assert.equal(odd.tryAcquire(), true)
  assert.throws(() => odd.transitionToOpenFor(Number.NaN), /waitMs/)
  const windowed = circuitBreaker('windowed', config, { clock: { now: () => now } })
  for (const [calls, buffered] of [
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 2],
  ] as const) {
    windowed.onSuccess(1)
    assert.equal(windowed.metrics().bufferedCalls, buffered, `call ${calls}`)
    now += 1000
  }
})

test('an open breaker refuses without calling, and its events say what happened', async () => {
  const time = virtualTime()
  const b = circuitBreaker('bureau', { slidingWindowSize: 2, minimumNumberOfCalls: 2 }, { clock: time, scheduler: time })
  const heard: string[] = []
  b.on('STATE_TRANSITION', ({ from, to, name }) => heard.push(`${name} ${from} ${to}`))
  const stop = b.on('callNotPermitted', () => heard.push('refused'))
  b.on('event', () => failing())
  for (let i = 0; i < 2; i++) await assert.rejects(b.execute(failing), /down/)
  let called = false
  await assert.rejects(
    b.execute(() => (called = true)),
    (error) => error instanceof CallNotPermittedError && error.state === 'OPEN' && error.breaker === 'bureau',
  )
  stop()
  assert.equal(b.tryAcquire(), false)
  assert.equal(called, false)
  assert.deepEqual(heard, ['bureau CLOSED OPEN', 'refused'])
  assert.throws(() => b.on('nonsense', () => {}), RangeError)
})

test('with a scheduler a timed transition is announced without a look', async () => {
  const time = virtualTime()
  const config = { minimumNumberOfCalls: 1, waitDurationInOpenStateMs: 300, automaticTransitionFromOpenToHalfOpenEnabled: true }
  const b = circuitBreaker('x', config, { clock: time, scheduler: time })
  const heard: [string | undefined, number][] = []
  b.on('stateTransition', ({ to, at }) => heard.push([to, at]))
  b.onError(1, new Error('down'))
  await time.advance(1000)
  assert.deepEqual(heard, [
    ['OPEN', 0],
    ['HALF_OPEN', 300],
  ])
  assert.equal(time.pending, 0)
})

test('reset and hand-made transitions call off what was armed', async () => {
  for (const leave of [
    (b: ReturnType<typeof circuitBreaker>) => b.reset(),
    (b: ReturnType<typeof circuitBreaker>) => b.transitionTo('CLOSED'),
  ]) {
    const time = virtualTime()
    const b = circuitBreaker('x', { automaticTransitionFromOpenToHalfOpenEnabled: true }, { clock: time, scheduler: time })
    b.transitionTo('OPEN')
    leave(b)
    await time.advance(120_000)
    assert.equal(b.state, 'CLOSED')
  }
})

test("a caller's own abort is not held against the remote, and gives its trial back", async () => {
  const b = circuitBreaker('x', { minimumNumberOfCalls: 1, permittedNumberOfCallsInHalfOpenState: 1 })
  b.transitionTo('OPEN')
  b.transitionTo('HALF_OPEN')
  const giveUp = new AbortController()
  const call = b.execute(({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('left')))), {
    signal: giveUp.signal,
  })
  giveUp.abort()
  await assert.rejects(call, /left/)
  assert.equal(b.state, 'HALF_OPEN')
  assert.equal(await b.execute(() => Promise.resolve('ok')), 'ok')
  assert.equal(b.state, 'CLOSED')
})

test('a result recorded in OPEN entered from FORCED_OPEN counts nowhere and breaks nothing', () => {
  const b = circuitBreaker('x', { minimumNumberOfCalls: 1 })
  b.transitionTo('FORCED_OPEN')
  b.transitionTo('OPEN')
  b.onError(5, new Error('late'))
  assert.equal(b.metrics().bufferedCalls, 0)
})

test('a changed configuration judges the calls already in the window', () => {
  const b = circuitBreaker('x', { minimumNumberOfCalls: 4, slidingWindowSize: 10, failureRateThreshold: 100 })
  b.onSuccess(1)
  for (let i = 0; i < 3; i++) b.onError(1, new Error('down'))
  b.changeConfig({ minimumNumberOfCalls: 4, slidingWindowSize: 10, failureRateThreshold: 60 })
  assert.equal(b.state, 'CLOSED')
  b.onError(1, new Error('down'))
  assert.equal(b.state, 'OPEN')
})

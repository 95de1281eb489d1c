import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { runtimeOf } from './runtime.ts'
import { TimerWheel } from './timer-wheel.ts'
import { virtualTime } from './virtual-time.ts'

test('runs every task once, at its due tick, in order, whatever is cancelled', async () => {
  const step = fc.record({
    delayMs: fc.oneof(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: 0, max: 40_000_000 })),
    cancels: fc.option(fc.nat(20)),
    passMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 100_000 })),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const time = virtualTime(1_700_000_000_123)
      const wheel = new TimerWheel(time, time)
      const due = new Map<number, number>()
      const ran: number[] = []
      const timers = steps.map(() => undefined as ReturnType<TimerWheel['after']> | undefined)
      for (const [id, { delayMs, cancels, passMs }] of steps.entries()) {
        due.set(id, time.now() + Math.max(1, delayMs))
        timers[id] = wheel.after(delayMs, () => {
          assert.equal(time.now(), due.get(id))
          ran.push(id)
          due.delete(id)
        })
        if (cancels !== null && timers[cancels] !== undefined) {
          timers[cancels].cancel()
          due.delete(cancels)
        }
        await time.advance(passMs)
        for (const at of due.values()) assert.ok(at > time.now())
      }
      assert.equal(wheel.size, due.size)
      await time.advance(40_000_001)
      assert.equal(due.size, 0)
      assert.equal(new Set(ran).size, ran.length)
      assert.equal(wheel.size, 0)
      assert.equal(time.pending, 0)
    }),
    { numRuns: Number(process.env['HOLDFAST_ROUNDS'] ?? 60) },
  )
})

test('a hundred thousand waits stand on one scheduled wake-up', () => {
  const time = virtualTime()
  const wheel = new TimerWheel(time, time)
  const timers = Array.from({ length: 100_000 }, (_, i) => wheel.after(1000 + (i % 5000), () => {}))
  assert.equal(wheel.size, 100_000)
  assert.equal(time.pending, 1)
  for (const timer of timers) timer.cancel()
  assert.equal(wheel.size, 0)
})

test('a task may add and cancel tasks of its own tick', async () => {
  const time = virtualTime()
  const wheel = new TimerWheel(time, time)
  const ran: string[] = []
  wheel.after(5, () => {
    ran.push('a')
    second.cancel()
    wheel.after(0, () => ran.push('c'))
  })
  const second = wheel.after(5, () => ran.push('b'))
  await time.advance(5)
  assert.deepEqual(ran, ['a'])
  await time.advance(1)
  assert.deepEqual(ran, ['a', 'c'])
})

test('a task that throws keeps no other from its time', async () => {
  const time = virtualTime()
  const wheel = new TimerWheel(time, time)
  const ran: number[] = []
  wheel.after(5, () => {
    throw new Error('unlucky')
  })
  for (const delayMs of [5, 5, 6, 300]) wheel.after(delayMs, () => ran.push(time.now()))
  await assert.rejects(time.advance(5), /unlucky/)
  await time.advance(300)
  assert.deepEqual(ran, [5, 5, 6, 300])
  assert.equal(wheel.size, 0)
})

test('a delay that is no number is none, and one beyond what a time-out can wait does not wake again and again', async () => {
  const time = virtualTime()
  const wheel = new TimerWheel(time, time)
  const ran: string[] = []
  for (const odd of [Number.NaN, -5, undefined]) wheel.after(odd as number, () => ran.push(String(odd)))
  await time.advance(1)
  assert.deepEqual(ran, ['NaN', '-5', 'undefined'])
  let looks = 0
  const { wheel: real } = runtimeOf({ clock: { now: () => (looks++, performance.now()) } })
  const timer = real.after(40 * 86_400_000, () => {})
  await sleep(40)
  timer.cancel()
  assert.ok(looks < 10, `${looks} looks at the clock`)
})

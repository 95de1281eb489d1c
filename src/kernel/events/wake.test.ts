import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realClock } from '#kernel/clock'
import { Pool, type Statement } from '#kernel/db'
import { Executor, operation, system } from '#kernel/operations'
import { database } from '#test/database'
import { z } from 'zod'
import { Consumer, emit, event, on } from './index.ts'

/** Knows how often a consumer looked at the log. */
class Counting extends Pool {
  looks = 0
  override async query<Row extends object>(statement: Statement): Promise<Row[]> {
    if (statement.text.startsWith('with log as')) this.looks++
    return super.query<Row>(statement)
  }
}

const db = await database()
const clock = realClock()
const pool = new Counting(db.server)
db.closing(() => pool.close())
const Data = z.strictObject({ n: z.int() })
const rung = event('waking.rung.v1', Data, 'A bell was rung.')
const passed = event('waking.passed.v1', Data, 'Somebody passed by.')
const heard = new Map<number, PromiseWithResolvers<number>>()
const hear = on(rung, 'waking.hear', (_, { data }) => heard.get(data.n)?.resolve(performance.now()))
const consumer = new Consumer({ name: 'waking', reactions: [hear], executor: new Executor({ pool: db.pool, clock }), pool })
const executor = new Executor({ pool: db.pool, clock, onCommit: (wrote) => consumer.wake(wrote) })
const run = executor.run(system('waking.test'), 'req_test')
const Say = z.strictObject({ n: z.int(), ring: z.boolean() })
const say = operation('waking.say', { summary: 'Say', input: Say, answer: z.strictObject({}), may: ['system'] }, ({ tx }, { n, ring }) => {
  emit(tx, ring ? rung : passed, 'door', { n })
  return {}
})

test('a consumer looks at the log after commits that announced what it hears, not after every commit', async () => {
  await consumer.start()
  db.closing(() => consumer.stop())
  const [before, start] = [pool.looks, performance.now()]
  for (let n = 0; n < 40; n++) await run(say, { n, ring: false })
  // Its own look-out for what other processes announced goes on, four times a second.
  const most = 2 + (performance.now() - start) / 250
  assert.ok(pool.looks - before <= most, `${pool.looks - before} looks`)

  const lasted: number[] = []
  for (let n = 100; n < 110; n++) {
    const ended = Promise.withResolvers<number>()
    heard.set(n, ended)
    await run(say, { n, ring: true })
    const rungAt = performance.now()
    lasted.push((await ended.promise) - rungAt)
  }
  const middle = lasted.sort((a, b) => a - b)[5] ?? Infinity
  assert.ok(middle < 125, `heard ${middle} ms after the commit: only by its own look-out`)
})

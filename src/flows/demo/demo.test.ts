import assert from 'node:assert/strict'
import path from 'node:path'
import { after, test } from 'node:test'
import { realClock } from '#kernel/clock'
import { Connection, sql } from '#kernel/db'
import { Consumer, forgetMembers } from '#kernel/events'
import { forgetClaims, SandboxClock, Scheduler, Worker } from '#kernel/jobs'
import { type Call, Executor, type Reply } from '#kernel/operations'
import { exportLog, sealKey } from '#kernel/seal'
import { verifyExport } from '#kernel/verify'
import { sandboxBureau } from '#gateways/bureau'
import { lending } from '#systems/lending'
import { database, type TestDatabase } from '#test/database'
import { STREAMS, unsealedRows, until, workshop } from '#test/sealing'
import { booksOf } from './books.sample.ts'
import { storyBegins, tellDemo, type Told } from './index.ts'
import type { Story } from './plan.ts'

const story: Story = { seed: 11, begins: '2025-09-01', ends: '2025-10-18', borrowers: 8, loans: 10 }
const zone = 'Asia/Kolkata'

/** So many calls of people for an operation are taken; with the last one the power is cut, before it is done or before its answer is heard. */
interface Death {
  readonly of: string
  readonly at: number
  readonly done: boolean
}

/** A company of its own on a test's database, until the power is cut; the death that came is taken from the list. */
async function telling(db: TestDatabase, deaths: Death[] = []) {
  const calls = new Map<string, number>()
  class Mortal extends Executor {
    override async submit(call: Call): Promise<Reply> {
      const of = call.operation.name
      const count = (calls.get(of) ?? 0) + 1
      if (call.principal.kind === 'person') calls.set(of, count)
      const came = deaths.findIndex((death) => death.of === of && death.at === count)
      if (call.principal.kind !== 'person' || came < 0) return super.submit(call)
      const [death] = deaths.splice(came, 1)
      if (death?.done === true) await super.submit(call)
      throw new Error('the plug was pulled')
    }
  }
  const clock = await SandboxClock.resume(realClock(), db.pool, { at: storyBegins(story), stands: true })
  const consumers: Consumer[] = []
  const executor = new Mortal({ pool: db.pool, clock, onCommit: () => consumers.forEach((one) => one.wake()) })
  const { reactions, jobs, schedules } = lending({ bureau: sandboxBureau({ latencyMs: 1 }) })
  const consumer = new Consumer({ name: 'lending', reactions, executor, pool: db.pool })
  consumers.push(consumer)
  await forgetClaims(db.pool)
  await forgetMembers(db.pool)
  await consumer.start()
  const worker = new Worker({ jobs, executor, pool: db.pool, clock })
  const scheduler = new Scheduler({ schedules, executor, pool: db.pool, clock, zone })
  await scheduler.start()
  worker.start()
  const told: Told[] = []
  const tell = (signal?: AbortSignal): Promise<boolean> =>
    tellDemo({
      executor,
      pool: db.pool,
      clock,
      story,
      time: { scheduler, worker, settled: () => consumer.caughtUp() },
      progress: (now) => void told.push(now),
      ...(signal ? { signal } : {}),
    })
  const end = async (): Promise<void> => {
    await scheduler.stop()
    await worker.stop()
    await executor.drain()
    await consumer.stop()
  }
  return { tell, told, clock, end }
}

/** Tells on until it is told or the power is cut, and takes everything down; true when all is told. */
async function toldUntil(db: TestDatabase, deaths: Death[]): Promise<boolean> {
  const { tell, end } = await telling(db, deaths)
  try {
    return await tell()
  } catch (error) {
    assert.match(String(error), /the plug was pulled/)
    return false
  } finally {
    await end()
  }
}

// Each waits for its call; every one that comes follows upon what the one before left half done.
const deaths: readonly Death[] = [
  { of: 'lending.make_product', at: 3, done: false },
  { of: 'identity.register', at: 2, done: true },
  { of: 'lending.accept', at: 1, done: true },
  { of: 'lending.withdraw', at: 2, done: false },
  { of: 'lending.apply', at: 7, done: true },
  { of: 'lending.deposit', at: 1, done: true },
  { of: 'lending.repay', at: 1, done: true },
  { of: 'lending.repay', at: 1, done: false },
  { of: 'lending.reverse_repayment', at: 1, done: true },
  { of: 'lending.foreclose', at: 1, done: true },
  { of: 'lending.repay', at: 1, done: true },
  { of: 'lending.repay', at: 1, done: true },
]
const [whole, broken] = [await database(), await database()]
const shop = await workshop()
after(() => shop.end())

test('the story is told to its end, on its day, and its progress with it', async () => {
  const { tell, told, clock, end } = await telling(whole)
  assert.equal(await tell(AbortSignal.abort()), false)
  assert.equal(clock.stands, true)
  assert.equal(await tell(), true)
  await end()
  assert.deepEqual([clock.stands, clock.today()], [false, story.ends])
  assert.deepEqual(told.at(-1), { share: 1, businessDate: story.ends, loans: story.loans })
  assert.ok(told.every(({ share }, at) => share >= (told[at - 1]?.share ?? 0)))
})

test('broken off wherever it may be, and told on, it comes to the same books', async () => {
  const toCome = [...deaths]
  while (!(await toldUntil(broken, toCome)));
  assert.deepEqual(toCome, [], 'every death came')
  const [once, again] = [await booksOf(whole), await booksOf(broken)]
  for (const [name, rows] of Object.entries(once)) assert.deepEqual(again[name], rows, name)
})

test('every day balances, and every entry, record and event is sealed and sound', async () => {
  const days = await whole.pool.query<{ booked_on: string; difference: string }>(
    sql`select booked_on, sum(amount)::text as difference from ledger.entry group by booked_on order by booked_on`,
  )
  assert.ok(days.length > 10)
  const kinds = await whole.pool.query<{ kind: string }>(sql`select distinct kind from lending.movement order by kind`)
  assert.deepEqual(
    kinds.map(({ kind }) => kind),
    ['disbursal', 'foreclosure', 'interest_due', 'repayment', 'reversal'],
  )
  assert.deepEqual(
    days.filter(({ difference }) => difference !== '0'),
    [],
  )
  const sealer = shop.sealer(whole.server)
  sealer.start()
  await until(async () => (await unsealedRows(whole.pool)) === 0)
  await sealer.stop()
  const connection = await Connection.open(whole.server)
  const folder = path.join(path.dirname(shop.folder), 'export')
  const { publicPem } = await sealKey(shop.keyFile, false)
  await exportLog({ connection, streams: STREAMS, folder, publicPem, at: '2025-10-24T00:00:00.000Z' })
  await connection.close()
  const verdict = verifyExport({ folder, key: path.join(folder, 'public.pem'), checkpoints: path.join(shop.folder, 'checkpoints.txt') })
  assert.equal(verdict.finding, undefined)
  assert.ok(verdict.counts.entries > 40)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realClock } from '#kernel/clock'
import { sql } from '#kernel/db'
import { Executor } from '#kernel/operations'
import { database } from '#test/database'
import { z } from 'zod'
import { every, forgetClaims, job, SandboxClock, Scheduler, Worker } from './index.ts'

const db = await database()
const machine = realClock()
const hour = 3_600_000
const begins = Date.parse('2025-09-01T03:30:00Z')
const later = { ...machine, now: () => machine.now() + 5 * 24 * hour, micros: () => machine.micros() + 5 * 24 * hour * 1000 }

test('a standing clock stands through a restart days later, moves when told, and runs on from where it stood', async () => {
  const clock = await SandboxClock.resume(machine, db.pool, { at: begins, stands: true })
  assert.deepEqual([clock.now(), clock.stands, clock.today()], [begins, true, '2025-09-01'])
  const [one, two] = [clock.micros(), clock.micros()]
  assert.ok(two > one && two < (begins + 1) * 1000)
  await clock.moveTo(begins + hour)
  await assert.rejects(clock.moveTo(begins), { code: 'jobs.clock_backward' })
  const resumed = await SandboxClock.resume(later, db.pool, 0)
  assert.deepEqual([resumed.now(), resumed.stands], [begins + hour, true])
  await resumed.setRunning()
  const running = await SandboxClock.resume(later, db.pool, 0)
  const gone = running.now() - (begins + hour)
  assert.ok(!running.stands && gone >= 0 && gone < 5_000, `${gone}`)
})

test('what a dead process held is taken up at once by the one that knows itself alone', async () => {
  const clock = await SandboxClock.resume(machine, db.pool, 0)
  const executor = new Executor({ pool: db.pool, clock })
  db.closing(() => executor.drain())
  const done: string[] = []
  const sample = job('sample.left', { input: z.strictObject({}) }, { work: async () => undefined, done: () => void done.push('job') })
  const worker = new Worker({ jobs: [sample], executor, pool: db.pool, clock })
  const nightly = every('sample.left_nightly', { daily: '00:05' }, async ({ on }) => void done.push(on))
  const scheduler = new Scheduler({ schedules: [nightly], executor, pool: db.pool, clock, zone: 'Asia/Kolkata' })
  await db.pool.execute(sql`
    insert into jobs.fire (schedule, nominal, state) values ('sample.left_nightly', '2025-08-31T18:35:00Z', 'done')`)
  await db.pool.execute(sql`
    insert into jobs.fire (schedule, nominal, state, lease_until) values ('sample.left_nightly', '2025-09-01T18:35:00Z', 'running', 'infinity')`)
  await db.pool.execute(sql`
    insert into jobs.job (id, name, input, behalf, due_at, asked_at, state, tries, lease_until)
    values ('job_left', 'sample.left', '{}', 'public', '2025-09-01T03:30:00Z', '2025-09-01T03:30:00Z', 'running', 1, 'infinity')`)
  await clock.moveTo(begins + 24 * hour)
  await worker.runDue()
  await scheduler.runDue()
  assert.deepEqual(done, [])
  await forgetClaims(db.pool)
  await worker.runDue()
  await scheduler.runDue()
  assert.deepEqual(done, ['job', '2025-09-02'])
})

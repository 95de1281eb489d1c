import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'node:test'
import { Connection, sql } from '#kernel/db'
import { Worker } from '#kernel/jobs'
import { register } from '#kernel/identity'
import { sandboxBureau } from '#gateways/bureau'
import { database } from '#test/database'
import { world } from '#test/world'
import { apply } from './apply.ts'
import { creditCheck, creditCheckPool } from './credit-check.ts'
import type { CreditBureau } from './credit-check.ts'

const clean = { score: 820, writtenOff: false, overdueAccounts: 0, enquiries6Months: 0, monthlyObligations: 0n }

// A bureau that tests open and shut; it counts who is being asked about.
const gate = { shut: false, asking: 0, most: 0, calls: 0, opened: Promise.withResolvers<void>(), failNext: 0 }
const sandbox = sandboxBureau({ latencyMs: 1 })
const bureau: CreditBureau = {
  async report(about, options) {
    gate.calls += 1
    gate.asking += 1
    gate.most = Math.max(gate.most, gate.asking)
    try {
      if (gate.shut) await gate.opened.promise
      if (gate.failNext > 0) {
        gate.failNext -= 1
        throw new Error('the bureau answered 503')
      }
      return await sandbox.report(about, options)
    } finally {
      gate.asking -= 1
    }
  },
}
const shut = (): void => {
  Object.assign(gate, { shut: true, asking: 0, most: 0, calls: 0, opened: Promise.withResolvers<void>() })
}
const open = (): void => {
  gate.shut = false
  gate.opened.resolve()
}

const w = await world(await database(), { bureau, bureauTimeoutMs: 400 })
const owner = await Connection.open(w.db.owner)
w.db.closing(() => owner.close())
const { body: product } = await w.product()

let known = 0
const applicant = async (digits: string, pan = true): Promise<string> => {
  const person = await w.asSystem(register, {
    name: `Person ${++known}`,
    phone: `+9197${String(known).padStart(8, '0')}`,
    ...(pan ? { pan: `ZZZPZ${digits}Z` } : {}),
  })
  const { body } = await w.ask(
    w.who.ravi,
    apply,
    apply.spec.input.parse({ person: person.id, product: product.id, principal: 5_000_000, currency: 'INR', instalments: 6 }),
  )
  return body.id
}
const loanOf = async (id: string): Promise<{ state: string; score: number | null; reasons: string; decided_by: string | null }> => {
  const [row] = await w.db.pool.query<{ state: string; score: number | null; reasons: string; decided_by: string | null }>(
    sql`select state, score, reasons, decided_by from lending.loan where id = ${id}`,
  )
  assert.ok(row)
  return row
}
const tries = async (id: string): Promise<readonly string[]> => {
  const found = await w.db.pool.query<{ outcome: string }>(sql`
    select r.outcome from jobs.run r join jobs.job j on j.id = r.job where j.input::jsonb->>'loan' = ${id} order by r.id`)
  return found.map(({ outcome }) => outcome)
}
let day = 15
const nextDay = (): Promise<void> => w.travelTo(`2026-01-${++day}`)

const answers: readonly (readonly [digits: string, state: string, reasons: readonly string[], tries: readonly string[]])[] = [
  ['0001', 'offered', ['bureau_score_excellent'], ['done']],
  ['0002', 'referred', [], ['done']],
  ['0003', 'rejected', [], ['done']],
  ['0005', 'referred', ['bureau_unavailable'], ['retry', 'retry', 'failed']],
  ['0006', 'referred', [], ['done']],
]
for (const [digits, state, reasons, ran] of answers)
  test(`PAN ${digits}: ${state} after ${ran.length}`, async () => {
    const id = await applicant(digits)
    await w.settled()
    await nextDay()
    const loan = await loanOf(id)
    assert.equal(loan.state, state)
    if (reasons.length > 0) assert.deepEqual(JSON.parse(loan.reasons), reasons)
    assert.notEqual(loan.reasons, '[]')
    assert.deepEqual(await tries(id), ran)
    assert.equal(loan.decided_by, state === 'referred' ? null : 'scorecard')
  })

test('without a PAN nobody is asked, and an officer decides', async () => {
  const before = gate.calls
  const id = await applicant('0001', false)
  await w.settled()
  assert.deepEqual([(await loanOf(id)).state, (await loanOf(id)).reasons, gate.calls], ['referred', '["pan_not_given"]', before])
})

test('a bureau that stays silent is given up after its time, asked three times, and then an officer decides', async () => {
  const id = await applicant('0004')
  const began = performance.now()
  await w.settled()
  assert.ok(performance.now() - began < 5_000)
  assert.equal((await loanOf(id)).state, 'assessing')
  await nextDay()
  assert.deepEqual([(await loanOf(id)).state, (await loanOf(id)).reasons], ['referred', '["bureau_unavailable"]'])
  assert.deepEqual(await tries(id), ['retry', 'retry', 'failed'])
})

test('a bureau that fails twice and then answers: judged by its answer', async () => {
  gate.failNext = 2
  const id = await applicant('0001')
  await w.settled()
  await nextDay()
  assert.deepEqual([(await loanOf(id)).state, await tries(id)], ['offered', ['retry', 'retry', 'done']])
})

test('a process that dies while it asks: another takes over when its lease runs out, and a late answer of the dead changes nothing', async () => {
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<typeof clean>()
  const slow: CreditBureau = {
    report: () => {
      asked.resolve()
      return answer.promise
    },
  }
  const dead = new Worker({ jobs: [creditCheck(slow, creditCheckPool())], executor: w.executor, pool: w.db.pool, clock: w.clock })
  const id = await applicant('0003')
  await w.consumer.caughtUp()
  dead.start()
  await asked.promise
  const dying = dead.stop()
  // The lease holds: nobody else takes the job.
  await w.settled()
  assert.equal((await loanOf(id)).state, 'assessing')
  await owner.execute(sql`update jobs.job set lease_until = now() - interval '1 second' where input::jsonb->>'loan' = ${id}`)
  await w.settled()
  assert.equal((await loanOf(id)).state, 'rejected')
  answer.resolve(clean)
  await dying
  assert.deepEqual([(await loanOf(id)).state, (await loanOf(id)).score, await tries(id)], ['rejected', 540, ['done']])
  const [told] = await w.db.pool.query<{ count: bigint }>(
    sql`select count(*) as count from events.event where key = ${id} and type = 'lending.credit_checked.v1'`,
  )
  assert.equal(told?.count, 1n)
})

test('the pool: 5 ask, 100 wait, then up to 20 ask, and past that the claimer itself asks and claims no more', async () => {
  shut()
  const ids = await Promise.all(Array.from({ length: 160 }, () => applicant('0001')))
  await w.consumer.caughtUp()
  const claimed = async (): Promise<number> => {
    const [row] = await w.db.pool.query<{ count: bigint }>(sql`select count(*) as count from jobs.job where state = 'running'`)
    return Number(row?.count)
  }
  const patient = new Worker({ jobs: [creditCheck(bureau, creditCheckPool())], executor: w.executor, pool: w.db.pool, clock: w.clock })
  const running = patient.runDue()
  // The first 32 claimed: 5 ask and 27 wait; no more ask before a hundred wait.
  for (let waits = 0; gate.asking < 21 && waits < 400; waits++) await sleep(5)
  await sleep(50)
  assert.deepEqual([gate.asking, gate.most], [21, 21])
  // Claims come 32 at a time: the fourth lot held the task that found no room, and there is no fifth.
  assert.equal(await claimed(), 128)
  open()
  await running
  await w.settled()
  const [row] = await w.db.pool.query<{ count: bigint }>(
    sql`select count(*) as count from lending.loan where state = 'offered' and id = any(${ids}::text[])`,
  )
  assert.deepEqual([row?.count, gate.calls], [160n, 160])
})

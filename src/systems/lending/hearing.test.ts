import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sql } from '#kernel/db'
import { system } from '#kernel/operations'
import { database } from '#test/database'
import { world } from '#test/world'
import { apply } from './apply.ts'
import { accept } from './offer.ts'

const rounds = Number(process.env['HOLDFAST_ROUNDS'] ?? 3)
const timeMaxMs = 60_000
const w = await world(await database())
const { body: product } = await w.product()
// From here on events are heard only as the test says.
await w.consumer.stop()

interface Told {
  readonly id: string
  readonly key: string
  readonly type: string
  readonly data: unknown
}
const log = async (loans: readonly string[]): Promise<readonly Told[]> => {
  const found = await w.db.pool.query<Omit<Told, 'data'> & { readonly body: string }>(
    sql`select id, key, type, body from events.event where key = any(${loans}::text[]) order by pos`,
  )
  return found.map(({ body, ...one }) => ({ ...one, data: (JSON.parse(body) as { data: unknown }).data }))
}
const hear = async (told: Told): Promise<void> => {
  for (const reaction of w.parts.reactions.filter((one) => one.type === told.type)) {
    await w.executor.transaction(async (session) => {
      const heard = { ...told, at: '2026-01-15T06:00:00Z', principal: 'person_1' }
      const [outcome] = await session.together([[{ principal: system(reaction.name), body: (context) => reaction.handle(context, heard) }]])
      if (outcome && 'refused' in outcome) throw outcome.refused
    })
  }
}

/** What came of the loans, without what must differ: ids and instants. */
const outcome = async (loans: readonly string[]): Promise<unknown> => {
  const [row] = await w.db.pool.query<{ told: string }>(sql`
    select jsonb_agg(t order by at)::text as told from (
      select array_position(${loans}::text[], l.id) as at, l.state, l.failure, l.score, l.decision, l.revision, l.unpaid_since,
        (select jsonb_agg(to_jsonb(i) - 'loan' order by number) from lending.instalment i where i.loan = l.id) as rows,
        (select jsonb_agg(jsonb_build_array(kind, amount, balance)) from lending.movement m where m.loan = l.id) as lines,
        (select jsonb_agg(jsonb_build_array(split_part(a.id, ':', 3), posted) order by a.id) from ledger.account a where a.id like 'loan:' || l.id || ':%') as book,
        (select jsonb_agg(type order by e.pos) from events.event e where e.key = l.id) as told,
        (select count(*) from jobs.job j where j.input::jsonb->>'loan' = l.id) as jobs
      from lending.loan l where l.id = any(${loans}::text[])) t`)
  return JSON.parse(row?.told ?? '') as unknown
}

type Turn = { readonly loan: number; readonly event: number }
const turn: fc.Arbitrary<Turn> = fc.record({ loan: fc.nat(2), event: fc.nat(20) })

const lives = async (turns: readonly Turn[]): Promise<unknown> => {
  const loans: string[] = []
  for (const borrower of ['meera', 'dev', 'meera'] as const) {
    const wanted = { person: w.who[borrower].id, product: product.id, principal: 5_000_000, currency: 'INR', instalments: 4 }
    loans.push((await w.ask(w.who[borrower], apply, apply.spec.input.parse(wanted))).body.id)
  }
  const redeliver = async (now: readonly Turn[]): Promise<void> => {
    for (const { loan, event } of now) {
      const all = await log([loans[loan] ?? ''])
      const one = all[event % all.length]
      if (one) await hear(one)
    }
  }
  const third = Math.floor(turns.length / 3)
  const everything = async (): Promise<void> => {
    for (const one of await log(loans)) await hear(one)
    await w.worker.runDue()
  }
  await redeliver(turns.slice(0, third))
  await everything()
  await redeliver(turns.slice(third, 2 * third))
  for (const [at, who] of [
    [0, 'meera'],
    [2, 'meera'],
  ] as const)
    assert.equal((await w.ask(w.who[who], accept, { loan: loans[at] as `loan_${string}` })).status, 200)
  await redeliver(turns.slice(2 * third))
  await everything()
  await redeliver(turns)
  return outcome(loans)
}

test('events heard again and out of order across loans come to the same state as heard once in order', async () => {
  const expected = await lives([])
  const told = expected as { state: string; jobs: number }[]
  assert.deepEqual(
    told.map(({ state, jobs }) => [state, jobs]),
    [
      ['active', 1],
      ['referred', 1],
      ['active', 1],
    ],
  )
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { minLength: 6, maxLength: 30 }), async (turns) => assert.deepEqual(await lives(turns), expected)),
    { numRuns: rounds, endOnFailure: true, interruptAfterTimeLimit: timeMaxMs },
  )
})

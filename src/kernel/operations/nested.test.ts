import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { realClock } from '#kernel/clock'
import { sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { openAccount, post } from '#kernel/ledger'
import { database } from '#test/database'
import { z } from 'zod'
import { type AloneContext, Executor, operation, type Principal, system } from './index.ts'

const db = await database()
const executor = new Executor({ pool: db.pool, clock: realClock() })
db.closing(() => executor.drain())
const admin: Principal = { id: 'person_admin', name: 'Admin', kind: 'person', roles: ['admin'] }
for (const id of ['from', 'to'])
  await executor.run(admin, 'req_test')(openAccount, { id, code: 'test', unit: 'N', side: 'debit' as const, min: null })

const Input = z.strictObject({ key: z.string(), n: z.int().default(0) })
const declared = { summary: 'For the test', input: Input, answer: z.strictObject({}), may: ['system' as const] }
/** Three deep: the innermost posts and is done, the one in the middle refuses afterwards, the outermost passes over it. */
const inner = operation('nested.inner', declared, async ({ tx }, { key }) => {
  await post(tx, {
    key,
    legs: [
      { account: 'to', amount: 5n },
      { account: 'from', amount: -5n },
    ],
  })
  return {}
})
const middle = operation('nested.middle', declared, async ({ run }, input) => {
  await run(inner, input)
  throw new Fault('operations.draining')
})
const passingOver = (what: 'refusals' | 'all') =>
  operation(`nested.outer_${what}`, declared, async ({ run }, input) => {
    await run(middle, input).catch((refused: unknown) => {
      if (what === 'refusals' && !(refused instanceof Fault)) throw refused
    })
    return {}
  })

const booked = async () =>
  db.pool.query(sql`select a.id from ledger.account a
    where posted <> coalesce((select sum(amount) from ledger.entry where account = a.id), 0) or n <> (select count(*) from ledger.entry where account = a.id)`)

for (const what of ['refusals', 'all'] as const)
  test(`an operation that passes over ${what} of what posted inside it leaves no balance without its entries`, async () => {
    const outer = passingOver(what)
    const call = { operation: outer, input: { key: `deep-${what}`, n: 0 }, principal: system('nested.test'), requestId: 'req_deep' }
    assert.notEqual((await executor.submit(call)).status, 200)
    assert.deepEqual(await booked(), [])
  })

test('a key that an inner operation used with another input is refused, not answered with the old answer', async () => {
  const twice = operation('nested.twice', declared, async ({ run }, { n }) => {
    await run(quiet, { key: 'q', n }, { key: 'twice' })
    return {}
  })
  const quiet = operation('nested.quiet', declared, () => ({}))
  const call = (n: number) =>
    executor.submit({ operation: twice, input: { key: 'x', n }, principal: system('nested.test'), requestId: 'req_twice' })
  assert.deepEqual([(await call(1)).status, (await call(1)).status, (await call(2)).fault], [200, 200, 'operations.key_reused'])
})

const insert = (id: string) =>
  sql`insert into ledger.account (id, code, unit, side, head) values (${id}, 'test', 'N', 'debit', '0') on conflict do nothing`
const step = (body: (context: AloneContext) => Promise<void>) => [{ principal: system('nested.test'), body }]
const exists = async (id: string) => (await db.pool.query(sql`select from ledger.account where id = ${id}`)).length > 0

test('SQL of a refused piece does not stay where the other pieces are committed', async () => {
  const both = executor.transaction((session) =>
    session.together([
      step(async ({ tx }) => {
        await tx(insert('refused'))
        throw new Fault('operations.draining')
      }),
      step(async ({ tx }) => void (await tx(insert('beside')))),
    ]),
  )
  await assert.rejects(both)
  assert.deepEqual([await exists('refused'), await exists('beside')], [false, false])
})

test('a body that goes on after its transaction was given up writes nothing into the session’s next one', async () => {
  const late = Promise.withResolvers<unknown>()
  const failing = executor.transaction((session) =>
    session.together([
      step(async ({ tx }) => void (await tx(sql`select 1 / ${0}::int`))),
      step(async ({ tx }) => {
        await sleep(50)
        await tx(insert('late')).then(late.resolve, late.resolve)
      }),
      // What fails here ends the group while the second still sleeps.
      step(({ run }) => run(wrong, { key: 'w', n: 0 }).then(() => undefined)),
    ]),
  )
  await assert.rejects(failing)
  assert.match(String(await late.promise), /after its transaction had ended/)
  assert.equal(await exists('late'), false)
})
const wrong = operation('nested.wrong', declared, async ({ tx }) => {
  await post(tx, {
    key: 'nul\0',
    legs: [
      { account: 'from', amount: 1n },
      { account: 'to', amount: -1n },
    ],
  })
  return {}
})

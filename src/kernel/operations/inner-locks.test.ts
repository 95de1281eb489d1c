import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realClock } from '#kernel/clock'
import { Connection, keys, rows, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { newId } from '#kernel/ids'
import { openAccount, post } from '#kernel/ledger'
import { each, keyed } from '#kernel/tx'
import { database } from '#test/database'
import { z } from 'zod'
import { type AloneContext, Executor, LocksMeet, operation, type Principal, type Session, system } from './index.ts'

const db = await database()
const owner = await Connection.open(db.owner)
await owner.script(`create table jobs.till (id text primary key, n integer not null);
  grant select, insert, update on jobs.till to holdfast;
  insert into jobs.till select 'till_' || n, 0 from generate_series(1, 20) n`)
await owner.close()
const executor = new Executor({ pool: db.pool, clock: realClock() })
db.closing(() => executor.drain())

const lockTill = keyed<{ id: string; n: number }>(
  sql`select id, n from jobs.till where id = any(${keys('text')}) order by id for update`,
  'id',
)
const setTill = each<{ id: string; n: number }>(
  sql`update jobs.till t set n = x.n from ${rows({ id: 'text', n: 'integer' })} x where t.id = x.id`,
)
const Till = z.strictObject({ till: z.string(), by: z.int() })
const declared = { summary: 'For the test', answer: z.strictObject({}), may: ['system' as const] }
/** Adds to what it read: whoever reads beside it and writes after it takes its part away. */
const add = operation('till.add', { ...declared, input: Till, locks: ({ till }) => [till] }, async ({ tx }, { till, by }) => {
  const { n } = (await lockTill(tx, till)) ?? { n: 0 }
  if (by > 99) throw new Fault('operations.draining')
  setTill(tx, { id: till, n: n + by })
  return {}
})
const inTill = async (till: string) => (await db.pool.query<{ n: number }>(sql`select n from jobs.till where id = ${till}`))[0]?.n
const piece = (body: (context: AloneContext) => Promise<unknown>) => [
  { principal: system('till.test'), body: async (c: AloneContext) => void (await body(c)) },
]

/** Pieces as a reader of events runs them: those that meet come again after a flush. Says how many turns it took. */
async function inTurns(session: Session, bodies: readonly ((context: AloneContext) => Promise<unknown>)[]): Promise<number> {
  let left = bodies
  let turns = 0
  for (; left.length > 0 && turns < 100; turns++) {
    const outcomes = await session.together(left.map(piece))
    left = left.filter((_, at) => {
      const outcome = outcomes[at]
      return outcome && 'refused' in outcome && outcome.refused instanceof LocksMeet
    })
    await session.flush()
  }
  return turns
}

test('pieces of one transaction that lock the same inside themselves run one after the other, others side by side', async () => {
  const adding =
    (till: string) =>
    async ({ run }: AloneContext) =>
      run(add, { till, by: 1 })
  const turns = await executor.transaction((session) => inTurns(session, ['till_1', 'till_2', 'till_1', 'till_3', 'till_1'].map(adding)))
  assert.deepEqual([await inTill('till_1'), await inTill('till_2'), await inTill('till_3'), turns], [3, 1, 1, 3])
})

test('of pieces that want in turn what the other has one goes on', async () => {
  const both =
    (...tills: string[]) =>
    async ({ run }: AloneContext) => {
      for (const till of tills) await run(add, { till, by: 1 })
    }
  await executor.transaction((session) => inTurns(session, [both('till_4', 'till_5'), both('till_5', 'till_4')]))
  assert.deepEqual([await inTill('till_4'), await inTill('till_5')], [2, 2])
})

test('a piece that passes over it has done nothing, and comes again', async () => {
  const careless = async ({ run }: AloneContext): Promise<void> => {
    await run(add, { till: newId('run'), by: 1 })
    await run(add, { till: 'till_6', by: 1 }).catch(() => undefined)
  }
  await executor.transaction((session) => inTurns(session, [careless, careless]))
  assert.equal(await inTill('till_6'), 2)
})

test('operations that one body runs one after the other read what those before them wrote', async () => {
  const thrice = async ({ run }: AloneContext): Promise<void> => {
    for (const by of [1, 2]) await run(add, { till: 'till_7', by })
    await assert.rejects(run(add, { till: 'till_7', by: 100 }), { code: 'operations.draining' })
    await run(add, { till: 'till_7', by: 4 })
  }
  await executor.transaction((session) => session.together([piece(thrice)]))
  assert.equal(await inTill('till_7'), 7)
})

const caller = system('till.test')
const submit = (operation: typeof add, till: string) =>
  executor.submit({ operation, input: { till, by: 1 }, principal: caller, requestId: newId('req') })
const outer = (name: string, inner: (till: string) => readonly string[]) =>
  operation(name, { ...declared, input: Till, locks: ({ till }) => [`outer:${till}`] }, async ({ run }, { till }) => {
    for (const one of inner(till)) await run(add, { till: one, by: 1 })
    return {}
  })

test('calls of one group whose bodies lock the same inside, or what another call locks, count one after the other', async () => {
  const same = outer('till.same', () => ['till_8'])
  const replies = await Promise.all([...Array.from({ length: 9 }, (_, n) => submit(same, `x${n}`)), submit(add, 'till_8')])
  assert.deepEqual([replies.filter(({ status }) => status === 200).length, await inTill('till_8')], [10, 10])
})

test('an operation that runs one on what it locks itself is one with it', async () => {
  const within = operation('till.within', { ...declared, input: Till, locks: ({ till }) => [till] }, async ({ tx, run }, { till, by }) => {
    const { n } = (await lockTill(tx, till)) ?? { n: 0 }
    setTill(tx, { id: till, n: n + 10 })
    await run(add, { till, by })
    return {}
  })
  assert.equal((await submit(within, 'till_9')).status, 200)
  assert.equal(await inTill('till_9'), 11)
})

test('two that one body runs side by side on the same are our own mistake', async () => {
  const beside = operation('till.beside', { ...declared, input: Till }, async ({ run }, { till }) => {
    await Promise.all([run(add, { till, by: 1 }), run(add, { till, by: 1 })])
    return {}
  })
  assert.equal((await submit(beside, 'till_10')).status, 500)
  assert.equal(await inTill('till_10'), 0)
})

const admin: Principal = { id: 'person_admin', name: 'Admin', kind: 'person', roles: ['admin'] }
for (const id of ['from', 'to'])
  await executor.run(admin, 'req_test')(openAccount, { id, code: 'test', unit: 'N', side: 'debit' as const, min: null })
const pay = operation('till.pay', { ...declared, input: Till }, async ({ tx }) => {
  await post(tx, {
    key: newId('run'),
    legs: [
      { account: 'to', amount: 5n },
      { account: 'from', amount: -5n },
    ],
  })
  return {}
})
const paying = operation('till.paying', { ...declared, input: Till }, async ({ run }, input) => run(pay, input))
const posted = async () => (await db.pool.query<{ posted: bigint }>(sql`select posted from ledger.account where id = 'to'`))[0]?.posted

test('what an operation runs inside is given up with it when its answer is known from before', async () => {
  const call = (key: string) =>
    executor.submit({ operation: paying, input: { till: 'x', by: 1 }, principal: caller, key, requestId: newId('req') })
  assert.equal((await call('once')).status, 200)
  assert.equal(await posted(), 5n)
  const [again, beside] = await Promise.all([call('once'), call('another')])
  assert.deepEqual([again.replayed, again.status, beside.status], [true, 200, 200])
  assert.equal(await posted(), 10n)
  const [entries] = await db.pool.query<{ sum: bigint }>(sql`select sum(amount)::bigint from ledger.entry where account = 'to'`)
  assert.equal(entries?.sum, 10n)
})

import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { businessDate, formatInstant, HOME_ZONE, simulatedClock } from '#kernel/clock'
import { Connection, inTransaction, readMigrations, sql } from '#kernel/db'
import { captureHold, makeHold, openAccount, releaseHold, transfer } from '#kernel/ledger'
import { Executor, type Operation, type Principal, system } from '#kernel/operations'
import { database, type TestDatabase } from '#test/database'
import fc from 'fast-check'
import { expireHold } from './hold.ts'
import { account } from './views.ts'

const rounds = Number(process.env['HOLDFAST_ROUNDS'] ?? 3)
const hour = 3_600_000
const start = Date.parse('2026-03-10T00:00:00Z')
const admin: Principal = { id: 'person_admin', name: 'Admin', kind: 'person', roles: ['admin'] }

type Step =
  | { readonly kind: 'make'; readonly amount: number; readonly lasts: number; readonly wait: number }
  | { readonly kind: 'capture' | 'release' | 'expire'; readonly hold: number; readonly amount: number; readonly wait: number }
const wait = fc.integer({ min: 1, max: 20 })
const amount = fc.integer({ min: 1, max: 30 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('make' as const), amount, lasts: fc.integer({ min: 1, max: 90 }), wait }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom('capture', 'capture', 'release', 'expire'), hold: fc.nat(9), amount, wait }),
  },
)

/** The naive memory of a hold: what was done to it, and when. */
interface Life {
  readonly id: string
  readonly made: number
  readonly amount: number
  readonly expires: number
  readonly captures: { readonly at: number; readonly amount: number }[]
  released?: number
  /** When its expiry was written. */
  expiryKnown?: number
}

/** What a hold reserved at an instant, by what was known at another. */
function reserved({ made, amount: whole, expires, captures, released, expiryKnown }: Life, on: number, known: number): number {
  const seen = (at: number | undefined): boolean => at !== undefined && at <= known && at <= on
  if (!seen(made) || seen(released) || (expiryKnown !== undefined && expiryKnown <= known && expires <= on)) return 0
  return captures.filter(({ at }) => seen(at)).reduce((left, capture) => left - capture.amount, whole)
}

/** An account with 1,000 on it, on a clock of its own, and what its holds went through. */
async function staged(db: TestDatabase) {
  const clock = simulatedClock(start)
  const executor = new Executor({ pool: db.pool, clock })
  db.closing(() => executor.drain())
  let calls = 0
  const ask = async <I, A>(operation: Operation<I, A>, input: NoInfer<I>, principal = admin): Promise<A | undefined> => {
    const call = ++calls
    const reply = await executor.submit({ operation, input, principal, key: `key-${call}`, requestId: `req-${call}` })
    if (reply.error !== undefined) throw reply.error
    return reply.status < 300 ? (JSON.parse(reply.body) as A) : undefined
  }
  const whole = (query: { on?: string; knownAt?: string }) =>
    inTransaction(db.pool, async (connection) =>
      account.body({ read: (s) => connection.query(s), clock, principal: admin }, { account: 'till', ...query }),
    )
  const look = async (query: { on?: string; knownAt?: string }) => {
    const { posted, held, available } = await whole(query)
    return { posted, held, available }
  }
  for (const id of ['equity', 'till', 'shop']) await ask(openAccount, { id, unit: 'INR', side: 'debit', min: id === 'equity' ? null : 0 })
  const legs = [
    { account: 'till', amount: 1_000, unit: 'INR' },
    { account: 'equity', amount: -1_000, unit: 'INR' },
  ]
  await ask(transfer, { key: 'fund', legs })
  const lives: Life[] = []
  const play = async (next: Step): Promise<void> => {
    clock.advanceTo(clock.now() + next.wait * hour)
    const now = clock.now()
    if (next.kind === 'make') {
      const expires = now + next.lasts * hour
      const made = await ask(makeHold, { account: 'till', to: 'shop', amount: next.amount, expiresAt: formatInstant(expires) })
      if (made) lives.push({ id: made.id, made: now, amount: next.amount, expires, captures: [] })
      return
    }
    const life = lives[next.hold % Math.max(1, lives.length)]
    if (!life) return
    if (next.kind === 'capture') {
      if (await ask(captureHold, { hold: life.id, amount: next.amount })) life.captures.push({ at: now, amount: next.amount })
    } else if (next.kind === 'release') {
      if (await ask(releaseHold, { hold: life.id })) life.released = now
    } else if ((await ask(expireHold, { hold: life.id }, system('jobs')))?.state === 'expired') life.expiryKnown ??= now
  }
  return { clock, executor, look, whole, lives, play }
}

test('a hold is told as of any instant through part capture, release and an expiry written late', async () => {
  const { clock, look, lives, play } = await staged(await database())
  const held = async (on: number, knownAt?: number) =>
    (await look({ on: formatInstant(on), ...(knownAt === undefined ? {} : { knownAt: formatInstant(knownAt) }) })).held
  await play({ kind: 'make', amount: 30, lasts: 10, wait: 1 })
  await play({ kind: 'make', amount: 50, lasts: 100, wait: 0 })
  await play({ kind: 'capture', hold: 0, amount: 12, wait: 2 })
  await play({ kind: 'release', hold: 1, amount: 0, wait: 2 })
  await play({ kind: 'expire', hold: 0, amount: 0, wait: 40 })
  const [made, captured, released, expired, written] = [1, 3, 5, 11, 45].map((after) => start + after * hour) as [
    number,
    number,
    number,
    number,
    number,
  ]
  assert.deepEqual([lives.length, lives[0]?.expiryKnown, clock.now()], [2, written, written])
  for (const [on, knownAt, expected] of [
    [made - 1, undefined, 0],
    [made, undefined, 80],
    [captured - 1, undefined, 80],
    [captured, undefined, 68],
    [released, undefined, 18],
    [expired - 1, undefined, 18],
    [expired, undefined, 0],
    [expired, written - 1, 18],
    [expired, written, 0],
    [written, captured, 68],
    [made, captured, 80],
  ] as const)
    assert.equal(await held(on, knownAt), expected, `${on - start} ${knownAt}`)
  assert.deepEqual(await look({ on: formatInstant(captured) }), { posted: 988, held: 68, available: 920 })
  assert.deepEqual(await look({ on: '2026-03-09' }), { posted: 0, held: 0, available: 0 })
  // 10 March in India: 5 of its hours have passed when the holds are made, and all but the first hold's expiry falls into it.
  assert.deepEqual(await look({ on: '2026-03-10' }), { posted: 988, held: 0, available: 988 })
  assert.deepEqual(await look({ on: '2026-03-10', knownAt: formatInstant(expired) }), { posted: 988, held: 18, available: 970 })
})

test('random lives of holds: at any instant, by any knowledge, held is what a naive memory says', async () => {
  const db = await database()
  for (const steps of fc.sample(fc.array(step, { minLength: 30, maxLength: 40 }), { numRuns: rounds, seed: 20_261_121 })) {
    await empty(db)
    const { clock, executor, look, whole, lives, play } = await staged(db)
    const spans: { readonly at: number; readonly told: Awaited<ReturnType<typeof whole>> }[] = []
    for (const one of steps) {
      await play(one)
      spans.push({ at: clock.now(), told: await whole({}) })
    }
    await executor.drain()
    // By what was known at an instant alone, an account is what it was told to be then.
    for (const { at, told } of spans) assert.deepEqual(await whole({ knownAt: formatInstant(at) }), told)
    const instant = fc.integer({ min: start - hour, max: clock.now() + 100 * hour })
    for (const [on, known] of fc.sample(fc.tuple(instant, instant), { numRuns: 60, seed: steps.length })) {
      const naive = (at: number, knownBy: number): number => lives.reduce((sum, life) => sum + reserved(life, at, knownBy), 0)
      const query = { on: formatInstant(on), knownAt: formatInstant(known) }
      assert.equal((await look(query)).held, naive(on, known), JSON.stringify(query))
      assert.equal((await look({ on: query.on })).held, naive(on, Infinity), query.on)
      const day = businessDate(on, HOME_ZONE)
      const end = Date.parse(`${day}T18:30:00Z`) - 1
      assert.equal((await look({ on: day, knownAt: query.knownAt })).held, naive(end, known), `${day} ${query.knownAt}`)
    }
  }
})

test('what was held before these rows were kept is known from transfers and audit', async () => {
  const db = await database()
  const { play } = await staged(db)
  for (const one of fc.sample(step, { numRuns: 40 * rounds, seed: 360 })) await play(one)
  const kept = () => db.pool.query(sql`select account, hold, amount, since, at from ledger.held_change order by hold, at, amount`)
  const before = await kept()
  assert.ok(before.length > 20, `${before.length} changes`)
  const migration = (await readMigrations(path.join('db', 'migrations'))).find(({ number }) => number === 360)
  const owner = await Connection.open(db.owner)
  try {
    await owner.script(`drop table ledger.held_change; ${migration?.text ?? ''}`)
    assert.deepEqual(await kept(), before)
    // Without its records a hold counts as made and given back since ever: now is right all the same.
    await owner.script(`drop table ledger.held_change; delete from audit.record; ${migration?.text ?? ''}`)
  } finally {
    await owner.close()
  }
  const [sum] = await db.pool.query<{ held: bigint; changes: bigint }>(sql`
    select a.held, (select sum(amount)::bigint from ledger.held_change where account = a.id) as changes from ledger.account a where id = 'till'`)
  assert.equal(sum?.held, sum?.changes)
})

test('the server can neither change nor delete what changed a hold', async () => {
  const db = await database()
  for (const statement of ['update ledger.held_change set amount = 1', 'delete from ledger.held_change', 'truncate ledger.held_change'])
    await assert.rejects(db.pool.execute({ name: undefined, text: statement, values: [] }), { code: '42501' }, statement)
})

async function empty(db: TestDatabase): Promise<void> {
  const owner = await Connection.open(db.owner)
  await owner.script('truncate ledger.account, ledger.transfer, ledger.entry, ledger.hold, ledger.held_change, operations.answer')
  await owner.close()
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulatedClock } from '#kernel/clock'
import { sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { Executor, operation, system } from '#kernel/operations'
import { database } from '#test/database'
import { footprint } from '#test/stage'
import { z } from 'zod'
import type { AccountRef } from './account.ts'
import { entryHash, type Posting, post } from './index.ts'

const db = await database()
const executor = new Executor({ pool: db.pool, clock: simulatedClock(Date.parse('2026-03-10T06:00:00Z')) })
db.closing(() => executor.drain())

// What is to be booked is given beside the input, for amounts here are no numbers of JSON.
const postings: Posting[] = []
const book = operation(
  'sample.book',
  { summary: 'Book', input: z.strictObject({ at: z.int() }), answer: z.strictObject({ told: z.string() }), may: ['system'] },
  async ({ tx }, { at }) => {
    const { balances } = await post(tx, postings[at] ?? assert.fail())
    return { told: [...balances].map(([id, { posted, held, available }]) => `${id} ${posted} ${held} ${available}`).join(', ') }
  },
)
const run = executor.run(system('sample.test'), 'req_test')
const came = async (posting: Posting): Promise<string> => {
  try {
    return (await run(book, { at: postings.push(posting) - 1 })).told
  } catch (refused) {
    if (!(refused instanceof Fault)) throw refused
    return [refused.code, ...Object.values(refused.facts)].join(' ')
  }
}

// Accounts that a leg opens, where it names them with a plus: the till and the purse, on the other side, may not be overdrawn.
const account = (id: string, side: 'debit' | 'credit', more: Partial<AccountRef> = {}): readonly [string, AccountRef] => [
  id,
  { id, code: id, unit: 'N', side, min: null, ...more },
]
const opened = new Map<string, AccountRef>([
  account('till', 'debit', { min: 0n }),
  account('purse', 'credit', { min: 0n }),
  account('store', 'debit'),
  account('debt', 'credit'),
  account('shelf', 'debit', { unit: 'M' }),
  account('stock', 'credit', { unit: 'M' }),
  account('new', 'debit', { min: 0n }),
  account('other', 'credit', { min: 0n }),
  account('short', 'debit', { min: 10n }),
  ...['line', 'brim', 'low'].map((id) => account(id, 'debit')),
  ...['rim', 'high'].map((id) => account(id, 'credit')),
])
const ref = (id: string): AccountRef => opened.get(id) ?? assert.fail(id)

let keys = 0
/** `of('till 5, +store -5 N')`: legs by account, amount and, where it is said, unit. */
const of = (text: string, more: Partial<Posting> = {}): Posting => ({
  key: `key-${++keys}`,
  legs: (text === '' ? [] : text.split(', ')).map((one) => {
    const [name = '', amount = '', unit] = one.split(' ')
    return { account: name.startsWith('+') ? ref(name.slice(1)) : name, amount: BigInt(amount), ...(unit === undefined ? {} : { unit }) }
  }),
  ...more,
})
const holding = (...amounts: readonly (readonly [account: string, amount: bigint])[]): Partial<Posting> => ({
  held: amounts.map(([id, amount], at) => ({ account: id, hold: `hold_${at}`, amount })),
})
const covering = (...amounts: readonly (readonly [account: string, amount: bigint])[]): Partial<Posting> => ({
  covers: amounts.map(([id, amount]) => ({ account: ref(id), amount })),
})
const most = BigInt(Number.MAX_SAFE_INTEGER)
for (const legs of ['+till 100, +purse -100', '+store 5, +debt -5', '+shelf 7, +stock -7']) await came(of(legs))

const many = Array.from({ length: 101 }, (_, n) => `of${n} ${n === 0 ? -100 : 1}`).join(', ')
const refusals: readonly (readonly [what: string, posting: Posting, told: string])[] = [
  ['no leg', of(''), 'legs_invalid 0'],
  ['one leg', of('till 1'), 'legs_invalid 1'],
  ['a leg of nothing', of('till 1, store -1, debt 0'), 'legs_invalid 3'],
  [
    'legs past the limit',
    { ...of(''), legs: Array.from({ length: 101 }, () => ({ account: ref('new'), amount: 1n })) },
    'legs_invalid 101',
  ],
  ['legs that leave something', of('till 2, store -1'), 'unbalanced N 1'],
  ['legs that lack something', of('till 1, store -2'), 'unbalanced N -1'],
  ['legs in two units that add up across them', of('till 1, shelf -1'), 'unbalanced N 1'],
  ['another unit than the account has', of('store 1 M, debt -1'), 'unit_mismatch store N M'],
  ['an id that is none', of('none 1, store -1'), 'account_unknown none'],
  ['an id that is none, whatever else is wrong', of(many), 'account_unknown of0'],
  ['an id that is none, though the leg beside it opens an account', of('+new 1, none -1'), 'account_unknown none'],
  ['a hold on an id that is none', of('', holding(['none', 1n])), 'account_unknown none'],
  ['more than a debit account may give', of('till -101, store 101'), 'insufficient till 100 0 N'],
  ['more than a credit account may give', of('purse 101, store -101'), 'insufficient purse 100 0 N'],
  ['more than is left beside what is held', of('till -98, store 98', holding(['till', 3n])), 'insufficient till 100 0 N'],
  ['a new account drawn below its least', of('+new -1, store 1'), 'insufficient new 0 0 N'],
  ['less than a debit account must cover', of('store 1, debt -1', covering(['till', 101n])), 'insufficient till 100 0 N'],
  ['less than a credit account must cover', of('store 1, debt -1', covering(['purse', 101n])), 'insufficient purse 100 0 N'],
  ['less than a new account must cover', of('store 1, debt -1', covering(['other', 1n])), 'insufficient other 0 0 N'],
  ['a balance past what is told exactly', of(`store ${most - 4n}, debt ${4n - most}`), 'amount_too_large store'],
  ['a balance past it below nothing', of(`store ${-most - 6n}, debt ${most + 6n}`), 'amount_too_large store'],
  ['a hold past it', of('', holding(['store', most + 1n])), 'amount_too_large store'],
  ['a hold that leaves less than is told', of(`+low ${-most}, +high ${most}`, holding(['low', 1n])), 'amount_too_large low'],
  ['a key that was used', of('store 1, debt -1', { key: 'key-1' }), String.raw`transfer_known key-1 transfer_\w+`],
]
for (const [what, posting, told] of refusals)
  test(`refused, and nothing is left of it: ${what}`, async () => {
    const before = await footprint(db)
    assert.match(await came(posting), new RegExp(`^ledger.${told}$`))
    assert.equal(await footprint(db), before)
  })

// Balances after it: posted, held, available.
const done: readonly (readonly [what: string, posting: Posting, told: string])[] = [
  ['a debit account gives all it has', of('till -100, store 100'), 'till 0 0 0, store 105 0 105'],
  ['a credit account gives all it has', of('purse 100, store -100'), 'purse 0 0 0, store 5 0 5'],
  ['accounts take what they are given', of('till 9, purse -9'), 'till 9 0 9, purse 9 0 9'],
  [
    'what must be covered may be all there is',
    of('store 1, debt -1', covering(['till', 9n], ['purse', 9n])),
    'store 6 0 6, debt 6 0 6, till 9 0 9, purse 9 0 9',
  ],
  ['what a leg opens is known by its id beside it', of('+new 4, debt -4', holding(['new', 3n])), 'new 4 3 1, debt 10 0 10'],
  ['two units, each adding up', of('store 1 N, debt -1, shelf 2 M, stock -2'), 'store 7 0 7, debt 11 0 11, shelf 9 0 9, stock 9 0 9'],
  ['the most that is told', of(`+brim ${most}, +rim ${-most}`), `brim ${most} 0 ${most}, rim ${most} 0 ${most}`],
  ['the most below nothing', of(`+low ${-most}, +high ${most}`), `low ${-most} 0 ${-most}, high ${-most} 0 ${-most}`],
  ['the most that is held', of('', holding(['brim', most])), `brim ${most} ${most} 0`],
  ['a first step of an account that is short', of('+short 4, debt -4'), 'short 4 0 4, debt 15 0 15'],
  ['another step', of('short 1, debt -1'), 'short 5 0 5, debt 16 0 16'],
]
for (const [what, posting, told] of done) test(what, async () => assert.equal(await came(posting), told))

test('a transfer has a hundred legs at most', async () => {
  const legs = Array.from({ length: 100 }, (_, n) => ({ account: { ...ref('line'), id: `leg${n}` }, amount: n === 0 ? -99n : 1n }))
  assert.match(await came({ ...of(''), legs }), /^leg0 -99 0 -99, leg1 1 0 1, /)
})

test('an account that is short is not drawn further', async () => {
  assert.equal(await came(of('short -1, debt 1')), 'ledger.insufficient short 5 10 N')
})

test('an entry is chained to the one before it, under the day that was said', async () => {
  await came(of('+line 3, debt -3', { bookedOn: '2026-01-31' }))
  await came(of('line 4, debt -4'))
  const entries = await db.pool.query<{ n: bigint; transfer: string; amount: bigint; posted: bigint; on: string; hash: string }>(
    sql`select n, transfer, amount, posted, booked_on as on, hash from ledger.entry where account = 'line' order by n`,
  )
  let head = '0'.repeat(64)
  for (const { hash, n, transfer, amount, posted } of entries) {
    head = entryHash(head, { account: 'line', n, transfer, amount, posted })
    assert.equal(hash, head)
  }
  assert.deepEqual(
    entries.map(({ n, posted, on }) => [n, posted, on]),
    [
      [1n, 3n, '2026-01-31'],
      [2n, 7n, '2026-03-10'],
    ],
  )
})

import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import { BookChecker, entryFinding } from './books.ts'

const START = '0'.repeat(64)

interface Leg {
  account: string
  unit: string
  n: string
  amount: string
  posted: string
  hash: string
}
interface Transfer {
  readonly id: string
  readonly legs: Leg[]
}
interface Account {
  account: string
  n: string
  posted: string
  head: string
}

/** Seals a leg behind a head: the exact text of `kernel/ledger/chain.ts`. */
const chained = (head: string, transfer: string, leg: Leg): Leg => ({
  ...leg,
  hash: hash('sha256', JSON.stringify([head, leg.account, leg.n, transfer, leg.amount, leg.posted])),
})

/** Books as a ledger writes them: each account's entries numbered, added up and chained. */
function books(
  movements: readonly (readonly [id: string, legs: readonly (readonly [account: string, amount: number, unit?: string])[]])[],
) {
  const accounts = new Map<string, Account>([['idle', { account: 'idle', n: '0', posted: '0', head: START }]])
  const transfers = movements.map(([id, legs]): Transfer => ({
    id,
    legs: legs.map(([account, amount, unit = 'INR']) => {
      const { n, posted, head } = accounts.get(account) ?? { n: '0', posted: '0', head: START }
      const to = String(BigInt(posted) + BigInt(amount))
      const leg = chained(head, id, { account, unit, n: String(Number(n) + 1), amount: String(amount), posted: to, hash: '' })
      accounts.set(account, { account, n: leg.n, posted: to, head: leg.hash })
      return leg
    }),
  }))
  return { transfers, accounts: [...accounts.values()] }
}

const sound = () =>
  books([
    [
      't1',
      [
        ['a', 100],
        ['b', -100],
      ],
    ],
    [
      't2',
      [
        ['a', 50],
        ['b', -50],
      ],
    ],
    [
      't3',
      [
        ['a', -30],
        ['c', 30],
      ],
    ],
  ])
type Books = ReturnType<typeof sound>

const check = ({ transfers, accounts }: { transfers: readonly Transfer[]; accounts: readonly unknown[] }) => {
  const checker = new BookChecker()
  for (const { id, legs } of transfers) checker.transfer(id, JSON.stringify({ id, legs }))
  for (const account of accounts) checker.account(typeof account === 'string' ? account : JSON.stringify(account))
  const found = checker.finding()
  return { told: found && `${found.stream} ${found.row} ${found.kind}`, entries: checker.entries, accounts: checker.accounts }
}
const at = <T>(list: readonly T[], index: number): T => list[index] ?? assert.fail()
const legAt = (all: Books, transfer: number, leg: number): Leg => at(at(all.transfers, transfer).legs, leg)

test('books that were only ever added to are sound, in whatever order their transactions ended', () => {
  for (const order of [
    [0, 1, 2],
    [1, 0, 2],
    [2, 1, 0],
    [2, 0, 1],
  ]) {
    const { transfers, accounts } = sound()
    assert.deepEqual(check({ transfers: order.map((index) => at(transfers, index)), accounts }), {
      told: undefined,
      entries: 6,
      accounts: 4,
    })
  }
})

const breaches: readonly (readonly [what: string, told: string, breach: (all: Books) => unknown])[] = [
  [
    'an amount altered on one side, chain and account made to agree',
    'transfer t3 changed',
    (all) => {
      const leg = legAt(all, 2, 0)
      Object.assign(leg, chained(legAt(all, 1, 0).hash, 't3', { ...leg, amount: '-31', posted: '119' }))
      Object.assign(at(all.accounts, 1), { posted: '119', head: leg.hash })
    },
  ],
  [
    'a balance carried on wrong, its hash right',
    'entry a#3 changed',
    (all) => {
      const leg = legAt(all, 2, 0)
      Object.assign(leg, chained(legAt(all, 1, 0).hash, 't3', { ...leg, posted: '121' }))
      Object.assign(at(all.accounts, 1), { posted: '121', head: leg.hash })
    },
  ],
  [
    'a hash of another head',
    'entry a#3 changed',
    (all) => {
      const leg = legAt(all, 2, 0)
      Object.assign(leg, chained(START, 't3', leg))
      Object.assign(at(all.accounts, 1), { head: leg.hash })
    },
  ],
  [
    'an entry out of its turn with a hash of another head',
    'entry a#3 changed',
    (all) => {
      const leg = legAt(all, 2, 0)
      Object.assign(leg, chained(START, 't3', leg))
      Object.assign(at(all.accounts, 1), { head: leg.hash })
      all.transfers.reverse()
    },
  ],
  ['a number given twice', 'entry a#3 inserted', (all) => all.transfers.push({ ...at(all.transfers, 2), id: 't4' })],
  [
    'a number given twice, both before their turn',
    'entry a#3 inserted',
    (all) => {
      const twin = { id: 't4', legs: [legAt(all, 2, 0), chained(START, 't4', legAt(all, 2, 1))] }
      all.transfers.unshift(twin, ...all.transfers.splice(2, 1))
    },
  ],
  [
    'a transfer gone',
    'entry a#2 missing',
    (all) => {
      all.transfers.splice(1, 1)
      Object.assign(at(all.accounts, 2), { n: '1', posted: '-100', head: legAt(all, 0, 1).hash })
    },
  ],
  ['a balance altered', 'account a changed', (all) => Object.assign(at(all.accounts, 1), { posted: '121' })],
  ['a count altered', 'account a changed', (all) => Object.assign(at(all.accounts, 1), { n: '4' })],
  ['a head altered', 'account a changed', (all) => Object.assign(at(all.accounts, 1), { head: START })],
  ['a balance without an entry', 'account idle changed', (all) => Object.assign(at(all.accounts, 0), { posted: '1' })],
  ['an account gone', 'account c missing', (all) => all.accounts.pop()],
  ['an account twice', 'account a changed', (all) => all.accounts.push(at(all.accounts, 1))],
  ['a line that is none', 'account ? changed', (all) => all.accounts.unshift('{' as never)],
  [
    'two breaches: the first is told',
    'account idle changed',
    (all) => [Object.assign(at(all.accounts, 0), { n: '1' }), Object.assign(at(all.accounts, 1), { n: '4' })],
  ],
]
for (const [what, told, breach] of breaches)
  test(`${what}: ${told}`, () => {
    const all = sound()
    breach(all)
    assert.equal(check(all).told, told)
  })

test('legs add up to zero in each unit by itself', () => {
  assert.equal(
    check(
      books([
        [
          't1',
          [
            ['a', 5, 'INR'],
            ['b', -5, 'USD'],
          ],
        ],
      ]),
    ).told,
    'transfer t1 changed',
  )
  assert.equal(
    check(
      books([
        [
          't1',
          [
            ['a', 5],
            ['b', -5],
            ['c', 7, 'USD'],
            ['d', -7, 'USD'],
          ],
        ],
      ]),
    ).told,
    undefined,
  )
})

test('a body without legs, or with one of another form, is changed', () => {
  const leg = legAt(sound(), 0, 0)
  const none = [
    { account: 1 },
    { unit: null },
    { n: '1.0' },
    { amount: '1e2' },
    { posted: '01' },
    { hash: 'ab' },
    { hash: START.toUpperCase() + 'G' },
  ]
  const bodies = [
    'x',
    'null',
    '{}',
    '{"legs":[]}',
    '{"legs":{}}',
    ...none.map((wrong) => JSON.stringify({ legs: [leg, { ...leg, ...wrong }] })),
  ]
  for (const body of bodies) {
    const checker = new BookChecker()
    checker.transfer('t1', body)
    const { stream, row, kind } = checker.finding() ?? {}
    assert.deepEqual([stream, row, kind, checker.entries], ['transfer', 't1', 'changed', 0], body)
  }
})

test('entries in their table are those of their transfer, neither more nor fewer', () => {
  const { legs } = at(sound().transfers, 0)
  const [first, second] = [at(legs, 0), at(legs, 1)]
  const told = (entries: readonly Leg[]): unknown => {
    const found = entryFinding(JSON.stringify({ legs }), entries)
    return found && `${found.row} ${found.kind}`
  }
  assert.equal(told([second, first]), undefined)
  assert.equal(told([first]), 'b#1 missing')
  assert.equal(told([...legs, { ...first, n: '2' }]), 'a#2 inserted')
  for (const altered of [{ amount: '101' }, { posted: '101' }, { hash: START }])
    assert.equal(told([{ ...first, ...altered }, second]), 'a#1 changed')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Row } from '#kernel/predicate'
import { analyse } from './analyse.ts'
import { holds } from './explain.ts'
import { aggregate } from './outcome.ts'
import { compileTable } from './policy.ts'
import { PolicyError } from './policy-error.ts'
import { randomDay, randomInput, randomTable, seeded, tableFields } from './random-table.sample.ts'
import { rulesOf } from './rules.ts'
import type { HitPolicy, Table } from './table.ts'

const rounds = Number(process.env['HOLDFAST_ROUNDS'] ?? 1)
const fields = { dpd: 'int', emi: 'money', bucket: { enum: ['SMA1', 'SMA2'] }, due: 'date' } as const

const allocation: Table = {
  name: 'allocation',
  hit: 'first',
  inputs: ['dpd', 'bucket', 'rule'],
  outputs: { queue: 'string', limit: 'money' },
  rows: [
    { id: 'late', when: { dpd: '>= 60' }, outcome: { queue: 'field', limit: '900719925474099301' } },
    { id: 'mid', when: { dpd: '[30..60)', bucket: 'in ["SMA1"]' }, outcome: { queue: 'tele', limit: 10 } },
    { id: 'rich', when: { rule: 'emi > 100 && dpd != 7' }, outcome: { queue: 'desk', limit: 5n } },
  ],
}

test('first takes the first row that holds, unknown grants nothing', () => {
  const policy = compileTable(allocation, fields)
  assert.deepEqual(policy.decide({ dpd: 60n }), {
    rows: ['late'],
    outcome: { queue: 'field', limit: 900719925474099301n },
    outcomes: [{ queue: 'field', limit: 900719925474099301n }],
    conflict: false,
  })
  assert.deepEqual(policy.decide({ dpd: '59', bucket: 'SMA1' }).rows, ['mid'])
  assert.deepEqual(policy.decide({ dpd: 59 }).rows, [])
  assert.deepEqual(policy.decide({ emi: 101, dpd: 1 }).rows, ['rich'])
  assert.deepEqual(policy.decide({ emi: 101 }).rows, [])
  assert.equal(policy.decide({}).outcome, null)
})

test('what is no integer of a row is unknown to the index too', () => {
  const policy = compileTable({ ...allocation, rows: allocation.rows.slice(0, 1) }, fields)
  for (const dpd of [1e39, 10n ** 40n - 1n, '9'.repeat(40)]) assert.deepEqual(policy.decide({ dpd }).rows, ['late'], String(dpd))
  for (const dpd of [1e40, 1e300, 10n ** 40n, Infinity, '9'.repeat(41)]) assert.deepEqual(policy.decide({ dpd }).rows, [], String(dpd))
})

test('a table of more bounds than an index holds is refused, and one of many is not slow', () => {
  const started = performance.now()
  const listing = (rows: number, values: number): Table => ({
    name: 'many',
    hit: 'first',
    inputs: ['dpd'],
    outputs: {},
    rows: Array.from({ length: rows }, (_, row) => ({
      when: { dpd: `in [${Array.from({ length: values }, (_each, at) => (row * values + at) * 3).join()}]` },
      outcome: {},
    })),
  })
  assert.throws(() => compileTable(listing(2_500, 100), fields), PolicyError)
  assert.deepEqual(compileTable(listing(300, 100), fields).decide({ dpd: 299 * 300 }).rows, ['300'])
  assert.equal(analyse(listing(300, 100), fields).overlapCount, 0)
  assert.ok(performance.now() - started < 20_000, 'bounds took long')
})

test('the other hit policies', () => {
  const rows = [
    { when: { dpd: '>= 10' }, outcome: { points: 3 } },
    { when: { dpd: '>= 20' }, outcome: { points: 5 } },
    { when: { dpd: '>= 30' }, outcome: { points: -1 } },
  ]
  const decide = (hit: HitPolicy, dpd: number): unknown => {
    const decision = compileTable({ name: 't', hit, inputs: ['dpd'], outputs: { points: 'int' }, rows }, fields).decide({ dpd })
    return [decision.rows, decision.outcome?.['points'] ?? null, decision.conflict]
  }
  assert.deepEqual(decide('unique', 10), [['1'], 3, false])
  assert.deepEqual(decide('unique', 20), [['1', '2'], null, true])
  assert.deepEqual(decide('collect', 30), [['1', '2', '3'], null, false])
  assert.deepEqual(decide('sum', 30), [['1', '2', '3'], 7, false])
  assert.deepEqual(decide('min', 30), [['1', '2', '3'], -1, false])
  assert.deepEqual(decide('max', 30), [['1', '2', '3'], 5, false])
  assert.deepEqual(decide('sum', 9), [[], null, false])
})

test('a dated table needs the day, which is in effect from its first to before its last', () => {
  const rows = [{ when: {}, outcome: { points: 1 }, from: '2026-01-01', to: '2026-02-01' }]
  const policy = compileTable({ name: 't', hit: 'first', inputs: [], outputs: { points: 'int' }, rows }, fields)
  assert.throws(() => policy.decide({}), PolicyError)
  const on = (day: string): number => policy.decide({}, day).rows.length
  assert.deepEqual(['2025-12-31', '2026-01-01', '2026-01-31', '2026-02-01', 'yesterday'].map(on), [0, 1, 1, 0, 0])
})

test('the hash is that of the meaning, not of the writing', () => {
  const { hash } = compileTable(allocation, fields)
  const turned = { ...allocation, outputs: { limit: 'money', queue: 'string' } } as const
  assert.equal(compileTable(turned, fields).hash, hash)
  assert.notEqual(compileTable({ ...allocation, hit: 'collect' }, fields).hash, hash)
  assert.match(hash, /^[0-9a-f]{64}$/)
  const deep: unknown = JSON.parse('['.repeat(9_000) + ']'.repeat(9_000))
  const remarked = { ...allocation, remark: deep }
  assert.equal(compileTable(remarked, fields).hash, hash)
})

test('what cannot be read is refused with its row and column', () => {
  const refused = (change: object, row: string | null, column: string | null): void => {
    assert.throws(
      () => compileTable({ ...allocation, ...change }, fields),
      (error) => error instanceof PolicyError && error.row === row && error.column === column,
      JSON.stringify(change),
    )
  }
  const row = (when: object, outcome: object = { queue: 'a', limit: 1 }): object => ({ rows: [{ id: 'r', when, outcome }] })
  refused({ hit: 'best' }, null, null)
  refused(row({ dpd: '>= x' }), 'r', 'dpd')
  refused(row({ dpd: '>= "3"' }), 'r', 'dpd')
  refused(row({ bucket: '"SMA9"' }), 'r', 'bucket')
  refused(row({ nothing: '3' }), 'r', 'nothing')
  refused(row({}, { queue: 3, limit: 1 }), 'r', 'queue')
  refused(row({}, { queue: 'a' }), 'r', 'limit')
  refused(row({}, { queue: 'a', limit: 1.5 }), 'r', 'limit')
  refused({ rows: [{ id: 'r', when: {}, outcome: { queue: 'a', limit: 1 }, from: '2026-02-30' }] }, 'r', 'from')
  refused({ inputs: ['__proto__'], rows: [] }, null, null)
  refused(row({ dpd: 'x'.repeat(1_000_000) }), 'r', 'dpd')
  refused(row({ rule: '('.repeat(1_900) }), 'r', 'rule')
  refused({ domain: { dpd: 3 } }, 'domain', 'dpd')
  refused({ domain: { nothing: '>= 0' } }, 'domain', 'nothing')
  refused({ rows: [null] }, '1', null)
  refused({ rows: [{ outcome: { queue: 'a', limit: 1 } }] }, '1', null)
  refused({ rows: [{ id: 3, when: {}, outcome: { queue: 'a', limit: 1 } }] }, '1', null)
  refused({ rows: [{ when: { dpd: 3 }, outcome: { queue: 'a', limit: 1 } }] }, '1', 'dpd')
  refused({ rows: [{ when: {}, outcome: null }] }, '1', null)
  refused({ outputs: null }, null, null)
  assert.throws(() => compileTable(JSON.parse('null') as Table, fields), PolicyError)
  refused({ rows: Array.from({ length: 5_001 }, () => ({ when: {}, outcome: {} })) }, null, null)
})

test('an explanation tells every cell of the rows up to the winner', () => {
  const told = compileTable(allocation, fields).explain({ dpd: 45, bucket: 'SMA1' })
  assert.deepEqual(told.decision.rows, ['mid'])
  assert.deepEqual(told.rows, [
    { id: 'late', holds: false, inEffect: true, cells: [{ input: 'dpd', text: '>= 60', value: false }] },
    {
      id: 'mid',
      holds: true,
      inEffect: true,
      cells: [
        { input: 'dpd', text: '[30..60)', value: true },
        { input: 'bucket', text: 'in ["SMA1"]', value: true },
      ],
    },
  ])
})

test('the index decides as reading the rows one by one does', () => {
  const hits = ['first', 'unique', 'collect', 'sum', 'min', 'max'] as const
  for (let round = 0; round < 60 * rounds; round++) {
    const below = seeded(round)
    const table = randomTable(below, hits[round % 6] as HitPolicy)
    const policy = compileTable(table, tableFields)
    const rules = rulesOf(table, tableFields)
    for (let each = 0; each < 60; each++) {
      const row: Row = randomInput(below)
      const day = randomDay(below)
      const held = rules.filter((rule) => holds(rule, row, day))
      const decision = policy.decide(row, day)
      const expected = (table.hit === 'first' ? held.slice(0, 1) : held).map((rule) => rule.id)
      assert.deepEqual(decision.rows, expected, `seed ${round}`)
      if (table.hit === 'sum' || table.hit === 'min' || table.hit === 'max')
        assert.deepEqual(
          decision.outcome,
          aggregate(
            table.hit,
            held.map((rule) => rule.outcome),
          ),
        )
      assert.equal(decision.conflict, table.hit === 'unique' && held.length > 1)
    }
  }
})

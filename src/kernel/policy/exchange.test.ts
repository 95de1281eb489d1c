import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromCsv, toCsv } from './csv.ts'
import { parseRecords } from './csv-records.ts'
import { fromJson, toJson } from './dmn-json.ts'
import { tableInEffect } from './in-effect.ts'
import { compileTable } from './policy.ts'
import { PolicyError } from './policy-error.ts'
import { randomTable, seeded, tableFields } from './random-table.sample.ts'
import { simulate } from './simulate.ts'
import type { HitPolicy, Table } from './table.ts'

const hits = ['first', 'unique', 'collect', 'sum', 'min', 'max'] as const

test('CSV and JSON bring a table back with its hash', () => {
  for (let round = 0; round < 60; round++) {
    const below = seeded(round)
    const random = randomTable(below, hits[round % 6] as HitPolicy)
    const rows = random.rows.map((row, index) => ({
      ...row,
      id: `r, "${index}"`,
      outcome: { points: index, worth: BigInt(index) ** 12n, say: `a "b",\n${index}`, ok: index % 2 === 0 },
    }))
    const table: Table =
      random.hit === 'first'
        ? {
            ...random,
            rows,
            outputs: { points: 'int', worth: 'money', say: 'string', ok: 'bool' },
            from: '2026-01-01',
            ...(random.inputs.includes('dpd') ? { domain: { dpd: '>= 0' } } : {}),
          }
        : {
            ...random,
            rows: random.rows.map((row, index) => ({ ...row, id: `r${index}`, outcome: { points: index, worth: BigInt(index) * 100n } })),
          }
    const { hash } = compileTable(table, tableFields)
    assert.equal(compileTable(fromCsv(toCsv(table)), tableFields).hash, hash, toCsv(table))
    assert.equal(compileTable(fromJson(JSON.parse(JSON.stringify(toJson(table)))), tableFields).hash, hash)
  }
})

test('names that CSV gives a meaning of its own come back too', () => {
  const table: Table = {
    name: 'odd',
    hit: 'first',
    inputs: ['from', 'id', 'dpd'],
    outputs: { 'why: text': 'string', domain: 'int' },
    rows: [
      { id: 'domain', when: { from: '"a"', dpd: '> 1' }, outcome: { 'why: text': '', domain: 1 }, from: '2026-01-01' },
      { id: 'policy', when: { id: '"b"' }, outcome: { 'why: text': '-> x: int', domain: 2 } },
    ],
  }
  const known = { from: 'string', id: 'string', dpd: 'int' } as const
  const { hash } = compileTable(table, known)
  assert.equal(compileTable(fromCsv(toCsv(table)), known).hash, hash, toCsv(table))
  const bounded = { ...table, domain: { dpd: '>= 0' } }
  assert.equal(compileTable(fromCsv(toCsv(bounded)), known).hash, compileTable(bounded, known).hash)
})

test('CSV as a spreadsheet writes it', () => {
  const table = fromCsv('\uFEFFpolicy,allocation,first\ndpd,-> queue: string\n>= 60,field\n"[30..60)","a ""b"""\n')
  assert.deepEqual(table, {
    name: 'allocation',
    hit: 'first',
    inputs: ['dpd'],
    outputs: { queue: 'string' },
    rows: [
      { when: { dpd: '>= 60' }, outcome: { queue: 'field' } },
      { when: { dpd: '[30..60)' }, outcome: { queue: 'a "b"' } },
    ],
  })
  assert.deepEqual(parseRecords('a,,\r\n"x\r\ny",2\r\n'), [
    ['a', '', ''],
    ['x\r\ny', '2'],
  ])
})

test('text that is no table is refused, at once', () => {
  const started = performance.now()
  for (const text of [
    '',
    'policy,x,first',
    'policy,x,first\n-> a\n',
    'policy,x,first\n"a\n',
    'policy,x,first\n"a"b\n',
    '"'.repeat(1_000_001),
    ','.repeat(10_000_001),
  ])
    assert.throws(() => fromCsv(text), PolicyError, text.slice(0, 40))
  for (const json of [
    null,
    [],
    {},
    { decisionTable: [] },
    { name: 'x', decisionTable: { hitPolicy: 'ANY', input: [], output: [], rule: [] } },
    JSON.parse('{"__proto__":{"decisionTable":{}}}'),
    {
      name: 'x',
      decisionTable: {
        hitPolicy: 'FIRST',
        input: [],
        output: [{ name: 'q', typeRef: 'money' }],
        rule: [{ id: 'a', inputEntry: [], outputEntry: [{ text: '9'.repeat(41) }] }],
      },
    },
  ])
    assert.throws(() => fromJson(json), PolicyError, JSON.stringify(json))
  assert.ok(performance.now() - started < 3_000)
})

test('a simulation tells who would change, from what to what', () => {
  const fields = { dpd: 'int' } as const
  const rows = (bound: number): Table['rows'] => [
    { id: 'late', when: { dpd: `>= ${bound}` }, outcome: { queue: 'field' } },
    { id: 'early', when: { dpd: `< ${bound}` }, outcome: { queue: 'tele' } },
  ]
  const policyAt = (bound: number): ReturnType<typeof compileTable> =>
    compileTable({ name: 't', hit: 'first', inputs: ['dpd'], outputs: { queue: 'string' }, rows: rows(bound) }, fields)
  const history = Array.from({ length: 100 }, (_, dpd) => ({ row: { dpd } }))
  const found = simulate(policyAt(60), policyAt(50), history)
  assert.deepEqual([found.rows, found.changed, found.otherMoves], [100, 10, 0])
  assert.deepEqual(found.moves, [{ from: ['early'], to: ['late'], count: 10, example: 50 }])
  assert.deepEqual(
    [found.changes[0]?.index, found.changes[0]?.from.outcome, found.changes[0]?.to.outcome],
    [50, { queue: 'tele' }, { queue: 'field' }],
  )
  assert.equal(simulate(policyAt(60), policyAt(60), history).changed, 0)
})

test('the version in effect is the one that started last', () => {
  const version = (name: string, from?: string, to?: string): Table => ({
    name,
    hit: 'first',
    inputs: [],
    outputs: {},
    rows: [],
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  })
  const versions = [
    version('a', undefined, '2026-03-01'),
    version('c', '2026-02-01'),
    version('b', '2026-01-01'),
    version('d', '2026-02-01'),
  ]
  const on = (day: string): string | undefined => tableInEffect(versions, day)?.name
  assert.deepEqual([on('2025-12-31'), on('2026-01-01'), on('2026-02-01')], ['a', 'b', 'd'])
  assert.equal(tableInEffect([version('a', '2026-01-01', '2026-02-01')], '2026-02-01'), null)
  assert.throws(() => tableInEffect(versions, 'today'), PolicyError)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Row } from '#kernel/predicate'
import { analyse } from './analyse.ts'
import { holds } from './explain.ts'
import { compileTable } from './policy.ts'
import { randomTable, seeded, tableFields, type Below } from './random-table.sample.ts'
import { rulesOf } from './rules.ts'
import type { Table } from './table.ts'

const rounds = Number(process.env['HOLDFAST_ROUNDS'] ?? 1)
const fields = { dpd: 'int', bucket: { enum: ['SMA1', 'SMA2'] }, ok: 'bool', due: 'date' } as const

function table(rows: readonly Record<string, string>[], more: Partial<Table> = {}): Table {
  const written = rows.map((when, index) => ({ when, outcome: { points: index } }))
  return { name: 't', hit: 'first', inputs: ['dpd', 'bucket', 'ok', 'due', 'rule'], outputs: { points: 'int' }, rows: written, ...more }
}

test('overlaps come with an input that both rows take', () => {
  const found = analyse(table([{ dpd: '[0..30)' }, { dpd: '[20..60)', bucket: '"SMA2"' }, { dpd: '>= 60' }], { hit: 'unique' }), fields)
  assert.deepEqual(found.overlaps, [{ rows: ['1', '2'], contradicts: true, witness: { row: { dpd: 20, bucket: 'SMA2' }, day: null } }])
  assert.equal(found.overlapCount, 1)
})

test('gaps come with an input that no row takes, within the domain', () => {
  const found = analyse(
    table([{ dpd: '[0..30)' }, { dpd: '>= 60' }, { dpd: '[30..60)', bucket: '"SMA1"' }], { domain: { dpd: '>= 0' } }),
    fields,
  )
  assert.deepEqual(found.gaps, [{ witness: { row: { dpd: 30, bucket: 'SMA2' }, day: null }, where: { dpd: '[30..60)', bucket: '"SMA2"' } }])
  assert.equal(analyse(table([{ dpd: '< 0' }, { dpd: '>= 0' }]), fields).gaps.length, 0)
  assert.deepEqual(analyse(table([{ dpd: '>= 0' }]), fields).gaps[0]?.witness.row, { dpd: -1 })
})

test('witnesses are rows that can be: small times, and none beyond what a row holds', () => {
  const kinds = { pause: 'duration', at: 'timestamp', dpd: 'int', rate: 'double' } as const
  const found = (cells: readonly Record<string, string>[]): ReturnType<typeof analyse> =>
    analyse({ ...table(cells), inputs: ['pause', 'at', 'dpd', 'rate'] }, kinds)
  const short = found([{ pause: "< duration('-500ms')" }, { pause: "< duration('0s')" }])
  assert.deepEqual(short.overlaps[0]?.witness.row, { pause: '-0.500001s' })
  const impossible: readonly Record<string, string>[] = [
    { at: "< timestamp('0001-01-01T00:00:00Z')" },
    { at: "> timestamp('9999-12-31T23:59:59.999999Z')" },
    { dpd: `> ${'9'.repeat(40)}` },
    { rate: 'rate > 1.7976931348623157e308' },
  ]
  for (const cell of impossible) assert.deepEqual(found([cell, {}]).impossible, ['1'], JSON.stringify(cell))
})

test('rows that never win and rows that never hold', () => {
  const found = analyse(
    table([
      { dpd: '< 10' },
      { dpd: '>= 10', ok: 'true' },
      { dpd: '>= 10', ok: 'false' },
      { dpd: '> 3', ok: 'not null' },
      { dpd: 'dpd > 5 && dpd < 5' },
      {},
    ]),
    fields,
  )
  assert.deepEqual(
    found.unreachable.map((each) => [each.row, each.by]),
    [['4', '1']],
  )
  assert.deepEqual(found.impossible, ['5'])
  assert.equal(found.complete, true)
})

test('dates are a dimension: a period without a row is a gap', () => {
  const rows = [
    { when: {}, outcome: { points: 1 }, to: '2026-02-01' },
    { when: {}, outcome: { points: 2 }, from: '2026-02-02' },
  ]
  const found = analyse({ ...table([]), rows }, fields)
  assert.deepEqual(
    found.gaps.map((gap) => [gap.witness.day, gap.where]),
    [['2026-02-01', { day: '[2026-02-01..2026-02-02)' }]],
  )
})

test('conditions that are no ranges never cover, and overlap only where an input proves it', () => {
  const found = analyse(table([{ rule: 'dpd % 2 == 0' }, { dpd: '4' }, { dpd: '5' }]), fields)
  assert.deepEqual(found.opaque, ['1'])
  assert.deepEqual(
    found.overlaps.map((each) => each.rows),
    [['1', '2']],
  )
  assert.equal(found.unreachable.length, 0)
})

// Every value that a small table can tell apart, by brute force.
function* inputs(): Generator<Row> {
  for (const dpd of [null, -1, 0, 1, 2, 3, 4, 5, 6])
    for (const bucket of [null, 'SMA1', 'SMA2']) for (const ok of [null, true, false]) yield { dpd, bucket, ok }
}

function smallTable(below: Below): Table {
  const bound = (): string => String(below(6))
  const cells: Record<string, () => string> = {
    dpd: () =>
      [`>= ${bound()}`, `< ${bound()}`, bound(), `[${bound()}..${bound()}]`, `!= ${bound()}`, 'null', 'not null'][below(7)] as string,
    bucket: () => ['"SMA1"', '"SMA2"', 'null', '!= "SMA1"'][below(4)] as string,
    ok: () => ['true', 'false', 'null', 'not null'][below(4)] as string,
  }
  const row = (): Record<string, string> =>
    Object.fromEntries(
      Object.keys(cells)
        .filter(() => below(2) === 0)
        .map((key) => [key, (cells[key] as () => string)()]),
    )
  return table(Array.from({ length: 1 + below(8) }, row))
}

test('the analysis finds what trying every input finds', () => {
  for (let round = 0; round < 150 * rounds; round++) {
    const small = smallTable(seeded(round))
    const rules = rulesOf(small, fields)
    const pairs = new Set<string>()
    const winners = new Set<string>()
    const met = new Set<string>()
    let gap = false
    for (const row of inputs()) {
      const held = rules.filter((rule) => holds(rule, row, ''))
      for (const a of held) for (const b of held) if (rules.indexOf(a) < rules.indexOf(b)) pairs.add(`${a.id},${b.id}`)
      if (held[0] !== undefined) winners.add(held[0].id)
      for (const rule of held) met.add(rule.id)
      const named = new Set(rules.flatMap((rule) => [...rule.constraints.keys()]))
      if (held.length === 0 && [...named].every((name) => row[name] !== null)) gap = true
    }
    const found = analyse(small, fields)
    const seed = `seed ${round}: ${JSON.stringify(small.rows.map((row) => row.when))}`
    assert.deepEqual(new Set(found.overlaps.map((each) => each.rows.join(','))), pairs, seed)
    assert.equal(found.gaps.length > 0, gap, seed)
    assert.deepEqual(
      found.impossible,
      rules.filter((rule) => !met.has(rule.id)).map((rule) => rule.id),
      seed,
    )
    const hidden = rules.filter((rule) => met.has(rule.id) && !winners.has(rule.id)).map((rule) => rule.id)
    assert.deepEqual(
      found.unreachable.map((each) => each.row),
      hidden,
      seed,
    )
  }
})

test('every witness over fields of every kind is what it is said to be', () => {
  for (let round = 0; round < 40 * rounds; round++) {
    const wide = randomTable(seeded(round), 'first')
    const policy = compileTable({ ...wide, hit: 'collect' }, tableFields)
    const found = analyse(wide, tableFields)
    const rowsAt = (witness: { row: Row; day: string | null }): readonly string[] => policy.decide(witness.row, witness.day ?? '').rows
    for (const { rows, witness } of found.overlaps) for (const id of rows) assert.ok(rowsAt(witness).includes(id), `seed ${round}`)
    for (const { witness } of found.gaps) assert.deepEqual(rowsAt(witness), [], `seed ${round}`)
    for (const { row, by, witness } of found.unreachable) assert.ok(rowsAt(witness).includes(by), `seed ${round}, row ${row}`)
  }
})

test('a thousand rows that fill the plane have no gap and no overlap', () => {
  const rows = Array.from({ length: 1_000 }, (_, index) => ({
    dpd: index % 100 === 0 ? '< 1' : index % 100 === 99 ? '>= 99' : String(index % 100),
    due:
      index < 100
        ? '< 2026-01-01'
        : index >= 900
          ? '>= 2026-09-01'
          : `[2026-0${Math.floor(index / 100)}-01..2026-0${Math.floor(index / 100) + 1}-01)`,
  }))
  const found = analyse(table(rows), fields)
  assert.deepEqual([found.overlapCount, found.gaps.length, found.unreachable.length, found.complete], [0, 0, 0, true])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arrayBinary } from './binary-cells.ts'
import { bindKeys, bindRows, identifier, joined, keys, rows, sql } from './sql.ts'

test('values become parameters, fragments become text, and numbers run on through both', () => {
  const only = sql`state = ${'active'}`
  const statement = sql`select * from lending.loan where ${only} and paid > ${5n} and id = ${'l1'}`
  assert.equal(statement.text, 'select * from lending.loan where state = $1 and paid > $2 and id = $3')
  assert.deepEqual(statement.values, ['active', 5n, 'l1'])
})

test('a name depends on the text alone', () => {
  const of = (id: string) => sql`select ${id}`
  assert.equal(of('a').name, of('b').name)
  assert.equal(of('a').name, sql`select ${sql`${'z'}`}`.name)
  assert.notEqual(of('a').name, sql`select  ${'a'}`.name)
  assert.match(of('a').name ?? '', /^[\w-]{22}$/)
})

test('only plain names get into the text', () => {
  assert.equal(sql`select * from ${identifier('lending', 'loan')}`.text, 'select * from "lending"."loan"')
  for (const bad of ['a"b', 'Loan', '', 'a.b', 'a b', '1a', 'a'.repeat(64), 'ä']) assert.throws(() => identifier(bad), TypeError, bad)
  assert.throws(() => rows({ 'a;drop': 'text' }), TypeError)
  assert.throws(() => rows({}), TypeError)
  for (const type of ['text[]', 'text)', 'Text', '']) assert.throws(() => keys(type), TypeError, type)
})

test('undefined is refused: a missing value is a bug, not a null', () => {
  // @ts-expect-error undefined is no SqlValue
  assert.throws(() => sql`select ${undefined}`, TypeError)
  assert.throws(() => bindRows(sql`select 1 from ${rows({ a: 'text' })} x`, [{ b: 'x' }]), /row 0 .* no a/)
})

test('joined() joins, and nothing joined is nothing', () => {
  assert.equal(sql`where ${joined([sql`a = ${1}`, sql`b = ${2}`, sql`c = ${3}`], ' and ')}`.text, 'where a = $1 and b = $2 and c = $3')
  assert.equal(joined([], ', ').text, '')
})

test('keys() and rows() are filled to one array each', () => {
  const locked = sql`select * from lending.loan where id = any(${keys('text')}) and day <= ${'2026-01-31'}`
  assert.equal(locked.text, 'select * from lending.loan where id = any($1::text[]) and day <= $2')
  assert.deepEqual(bindKeys(locked, ['a', 'b"c', '']).values, [arrayBinary('text', ['a', 'b"c', '']), '2026-01-31'])
  const paid = sql`update lending.loan l set paid = l.paid + x.paid from ${rows({ loan: 'text', paid: 'bigint' })} x where l.id = x.loan and l.day = ${'d'}`
  assert.match(
    paid.text,
    /from \(select \* from unnest\(\$1::text\[\], \$2::bigint\[\]\) as u\(loan, paid\)\) x where l.id = x.loan and l.day = \$3$/,
  )
  const bound = bindRows(paid, [
    { loan: 'l1', paid: 5n },
    { loan: 'l2', paid: null },
  ])
  assert.deepEqual(bound.values, [arrayBinary('text', ['l1', 'l2']), arrayBinary('bigint', [5n, null]), 'd'])
  assert.equal(bound.name, paid.name)
})

test('a marker unfilled, filled by the other kind, or absent throws', () => {
  assert.throws(() => sql`select ${keys('text')}`.values, /bindKeys/)
  assert.throws(() => bindRows(sql`select ${keys('text')}`, []), /bindKeys/)
  assert.throws(() => bindKeys(sql`select 1 from ${rows({ a: 'text' })} x`, []), /bindRows/)
  assert.throws(() => bindKeys(sql`select 1`, []), /no marker/)
  assert.throws(
    () =>
      bindKeys(
        sql`select ${keys('text')}`,
        Array.from({ length: 100_001 }, () => 'x'),
      ),
    RangeError,
  )
})

test('what does not fit its type is refused before it is sent', () => {
  const wrong: readonly (readonly [type: string, value: unknown])[] = [
    ['text', {}],
    ['text', undefined],
    ['bytea', 'ab'],
    ['bigint', '5'],
    ['bigint', 1.5],
    ['bigint', 2 ** 53],
    ['bigint', 2n ** 63n],
    ['integer', 2 ** 31],
    ['smallint', 40_000],
    ['boolean', 'true'],
    ['timestamptz', '2026-01-31'],
    ['timestamptz', '2026-01-31T25:00:00Z'],
    ['timestamptz', '2026-01-31T10:00:00+05:30'],
    ['date', '2026-02-30'],
    ['date', '31-01-2026'],
    ['numeric', 1n],
  ]
  for (const [type, value] of wrong) {
    assert.throws(
      () => arrayBinary(type, [null, value]),
      (error) => error instanceof TypeError || error instanceof RangeError,
      `${type} ${String(value)}`,
    )
  }
})

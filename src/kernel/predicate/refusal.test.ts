import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from './predicate.ts'
import { PredicateError } from './predicate-error.ts'
import type { Fields } from './fields.ts'
import { solve } from './solve.ts'

const fields = {
  dpd: 'int',
  emi: 'money',
  rate: 'double',
  ok: 'bool',
  name: 'string',
  due: 'date',
  seen: 'timestamp',
  wait: 'duration',
  bucket: { enum: ['SMA1', 'SMA2'] },
  tags: { list: 'string' },
  contacts: { list: { object: { verified: 'bool' } } },
} as const

function refusal(text: string): PredicateError {
  try {
    compile(text, fields)
  } catch (error) {
    assert.ok(error instanceof PredicateError, `${text.slice(0, 80)}: ${String(error)}`)
    return error
  }
  return assert.fail(`not refused: ${text.slice(0, 80)}`)
}

test('a refusal points at the column and says what to write instead', () => {
  const cases: readonly [text: string, line: number, column: number, instead?: string | undefined][] = [
    ['dpd >', 1, 6],
    ['dpd = 3', 1, 5, '=='],
    ['dpd == 1 AND ok', 1, 10, '&&'],
    ['dpd == 1 or ok', 1, 10, '||'],
    ['dpd <> 1', 1, 6, '!='],
    ['dpd is  not null', 1, 5, '!= null'],
    ['dpd is null', 1, 5, '== null'],
    ['name like "a%"', 1, 6, '.contains("…")'],
    ['ok & ok', 1, 4, '&&'],
    ['dpd > 3 &&\n  due > "x"', 2, 9, "date('2026-01-31')"],
    ['dpd == "3"', 1, 8, '3'],
    ['name == 3', 1, 9, '"3"'],
    ['dpdd > 3', 1, 1, 'dpd'],
    ['contacts.exists(c, c.verifed)', 1, 22, 'verified'],
    ['ok && dpd', 1, 7],
    ['name.startsWith()', 1, 1],
    ['name.startsWith("a", "b")', 1, 1],
    ['nothing(3)', 1, 1],
    ['has(dpd)', 1, 5, 'has(row.dpd)'],
    ['bucket == "sma1"', 1, 11, '"SMA1"'],
    ['bucket in ["SMA1", "SMA3"]', 1, 20, '"SMA1" or "SMA2"'],
    ['bucket < "SMA2"', 1, 1, 'in ["SMA1", "SMA2"]'],
    ['due > date("2026-02-30")', 1, 12, "date('2026-01-31')"],
    ['due == date(name)', 1, 13, 'a date field'],
    ['seen > timestamp("0001-01-01T00:00:00+05:30")', 1, 18, "timestamp('2026-01-31T18:30:00Z')"],
    ['seen > timestamp("9999-12-31T23:59:59-01:00")', 1, 18, "timestamp('2026-01-31T18:30:00Z')"],
    ['wait > duration("1000000000000s")', 1, 17, "duration('1h30m')"],
    ['wait > duration("999999999999h")', 1, 17, "duration('1h30m')"],
    ['name.matches("gold")', 1, 15, 'contains("gold")'],
    ['name.matches(".*gold$")', 1, 15, 'endsWith("gold")'],
    ['name.matches("^.*gold")', 1, 16, 'contains(…) or endsWith(…)'],
    ['name.matches("^(a+)+$")', 1, 20, 'one of the two repetitions'],
    ['name.matches("^a|b")', 1, 16, '^(a|b)'],
    ['name.matches("^a(?=b)")', 1, 18, '(?:…)'],
    ['name.matches(name)', 1, 14, 'name.contains(…)'],
    ['rate * 2.0 > 1.0', 1, 1, 'whole units (paise, basis points) in an int field'],
    ['dpd', 1, 1],
    ['dpd in [null]', 1, 9, undefined],
    ['tags == tags', 1, 1, '"value" in list, or list.exists(x, …)'],
    ['tags[0] == "a"', 1, 1, 'exists(x, …) or "value" in list'],
    ['size(tags.filter(t, t == "a")) > 1', 1, 6, 'tags.exists(x, …)'],
    ['[1, 2].all(e, e > 1)', 1, 1, undefined],
    ['rate > 9007199254740993', 1, 8, '9007199254740992.0'],
    ['3u > dpd', 1, 1],
    ['name == "\\000"', 1, 9],
    ['contacts.exists(c, c == null)', 1, 20],
  ]
  for (const [text, line, column, instead] of cases) {
    const error = refusal(text)
    assert.deepEqual([error.line, error.column], [line, column], `${text}: ${error.message}`)
    if (instead !== undefined) assert.equal(error.instead, instead, text)
  }
})

/** Of the processor: a machine that others use too makes nothing dearer. */
function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

test('what is too long, too deep or too dear is refused at once', () => {
  const before = process.cpuUsage()
  const hostile = [
    'dpd > 1 && '.repeat(100_000) + 'ok',
    '"' + 'x'.repeat(1_000_000) + '"',
    '('.repeat(10_000) + 'ok' + ')'.repeat(10_000),
    '['.repeat(10_000),
    '!'.repeat(10_000) + 'ok',
    '- '.repeat(9_000) + 'dpd > 1',
    'ok ? '.repeat(3_000) + 'ok' + ' : ok'.repeat(3_000),
    '1 + '.repeat(4_000) + 'dpd > 1',
    'dpd + '.repeat(200) + 'dpd > 1',
    'a.'.repeat(9_000) + 'b',
    `dpd in [${'1,'.repeat(3_000)}1]`,
    'contacts.all(a, contacts.all(b, contacts.all(c, a.verified && b.verified && c.verified)))',
    `name.matches("^${'(a|b)'.repeat(200)}")`,
    'name.matches("^((a{200}){200}){200}")',
    'name.matches("^(([a-z])+.)+[A-Z]([a-z])+$")',
    `dpd == ${'9'.repeat(41)}`,
    `name == "${'x'.repeat(2_001)}"`,
    `${nested('dpd', 10, (inner) => `(${inner} in [dpd, emi, dpd, emi, dpd, emi] ? 1 : 2)`)} == 1`,
    'name.matches("^(?:.*a|b)")',
    'name.matches("^x?.*a")',
    '__proto__ == null',
    'constructor == null',
    'row.__proto__ == null',
    'row.constructor == null',
    'has(row.toString)',
  ]
  for (const text of hostile) refusal(text)
  assert.ok(secondsSince(before) < 3, 'refusals took seconds')
})

/** One thing inside another, so many levels. */
function nested(core: string, levels: number, wrap: (inner: string) => string): string {
  let text = core
  for (let level = 0; level < levels; level++) text = wrap(text)
  return text
}

test('what would double with every level is written once, or refused, in every form', () => {
  const before = process.cpuUsage()
  const asked: readonly string[] = [
    nested('ok', 14, (inner) => `(${inner} == ok)`),
    nested('dpd == 1', 14, (inner) => `(${inner} ? dpd == 2 : dpd == 3)`),
    `contacts.exists(c, ${Array.from({ length: 30 }, (_, each) => `(c.verified && dpd == ${each})`).join(' || ')})`,
    `${nested('name', 12, (inner) => `(name.endsWith(${inner}) ? name : "a")`)} == "a"`,
    `${nested('name', 12, (inner) => `(${inner} in tags ? name : "a")`)} == "a"`,
  ]
  for (const text of asked) {
    const predicate = compile(text, fields)
    assert.ok(predicate.sql('r').text.length < 20_000, text)
    assert.throws(predicate.search, PredicateError, text)
    assert.ok(solve(text, fields).constraints.length <= 1)
  }
  assert.ok(secondsSince(before) < 3, 'forms took seconds')
})

test('a chain of a thousand conditions is not deep', () => {
  const predicate = compile(Array.from({ length: 1_000 }, (_, index) => `dpd != ${index}`).join(' && '), fields)
  assert.equal(predicate.test({ dpd: 1_000 }), true)
  assert.equal(predicate.test({ dpd: 999 }), false)
})

test('declarations that would read a prototype, or cannot be indexed, are refused', () => {
  const bad: Record<string, unknown>[] = [
    { constructor: 'int' },
    JSON.parse('{"__proto__": "int"}') as Record<string, unknown>,
    { toString: 'string' },
    { 'a-b': 'int' },
    { 'a"b': 'int' },
    { a: 'text' },
    { a: { list: { list: 'int' } } },
    { a: { enum: [] } },
  ]
  for (const each of bad) assert.throws(() => compile('true', each as Fields), TypeError)
})

test('an alias that is no identifier is refused', () => {
  const predicate = compile('ok', fields)
  for (const alias of ['', 'a b', 'a"', 'a;drop table x', '1a']) assert.throws(() => predicate.sql(alias), TypeError)
})

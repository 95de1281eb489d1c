import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { compile, type Row } from './predicate.ts'

const fields = {
  dpd: 'int',
  emi: 'money',
  paid: 'money',
  rate: 'double',
  due: 'date',
  ok: 'bool',
  name: 'string',
  type: 'string',
  bucket: { enum: ['SMA1', 'SMA2'] },
  seen: 'timestamp',
  wait: 'duration',
  tags: { list: 'string' },
  contacts: { list: { object: { type: 'string', verified: 'bool' } } },
  address: { object: { city: 'string' } },
} as const

const unknown = null

function check(text: string, row: Row, expected: boolean | null): void {
  assert.equal(
    compile(text, fields).test(row),
    expected,
    `${text} for ${JSON.stringify(row, (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v))}`,
  )
}

test('a missing or null operand makes comparisons, in, arithmetic and text functions unknown', () => {
  for (const text of [
    'dpd >= 30',
    'dpd == 30',
    'dpd != 30',
    'dpd in [1, 2]',
    'dpd + 1 > 0',
    '-dpd > 0',
    'size(name) > 1',
    'name.startsWith("")',
    'name.endsWith("a")',
    'name.contains("a")',
    'name.matches("^a")',
    'name < "a"',
    '"a" in tags',
    'size(tags) == 0',
    'ok == true',
    'ok',
    '!ok',
    'due > date("2026-01-31")',
    'tags.exists(t, t == "a")',
    'tags.all(t, t == "a")',
    'tags.exists_one(t, t == "a")',
    'ok ? true : true',
  ]) {
    check(text, {}, unknown)
    check(text, { dpd: null, name: null, tags: null, ok: null, due: null }, unknown)
  }
})

test('null and presence are always true or false', () => {
  for (const row of [{}, { dpd: null }]) {
    check('dpd == null', row, true)
    check('null != dpd', row, false)
    check('has(row.dpd)', row, false)
    check('has(address.city)', row, false)
    check('row.dpd == null', row, true)
    check('dpd / 0 == null', row, true)
    check('tags == null && contacts == null && address == null', row, true)
  }
  check('dpd != null && has(row.dpd)', { dpd: 0 }, true)
  check('has(address.city)', { address: { city: '' } }, true)
  check('(dpd > 3) == null', {}, true)
})

test('and, or, not and the condition follow Kleene', () => {
  const truth: Record<string, Row> = { t: { ok: true }, f: { ok: false }, u: {} }
  const and = { tt: true, tf: false, tu: null, ft: false, ff: false, fu: false, ut: null, uf: false, uu: null }
  for (const [pair, expected] of Object.entries(and)) {
    const row = { ...truth[pair[0] as string], dpd: { t: 1, f: 0, u: null }[pair[1] as string] }
    check('ok && dpd == 1', row, expected)
    check('!(!ok || !(dpd == 1))', row, expected)
  }
  check('ok ? dpd == 1 : dpd == 2', { ok: false, dpd: 2 }, true)
  check('ok ? true : true', {}, unknown)
  check('(ok ? dpd : emi) > 3', { ok: true, dpd: 4 }, true)
})

test('lists: unknown elements count as or and and count them', () => {
  check('"a" in tags', { tags: ['b', 'a', null] }, true)
  check('"a" in tags', { tags: ['b', null] }, unknown)
  check('"a" in tags', { tags: [] }, false)
  check('name in tags', { tags: [] }, unknown)
  check('tags.all(t, t == "a")', { tags: [] }, true)
  check('tags.all(t, t == "a")', { tags: ['a', null] }, unknown)
  check('tags.all(t, t == "a")', { tags: ['b', null] }, false)
  check('tags.exists_one(t, t == "a")', { tags: ['a', 'b'] }, true)
  check('tags.exists_one(t, t == "a")', { tags: ['a', null] }, unknown)
  check('tags.exists_one(t, t == "a")', { tags: ['a', 'a', null] }, false)
  check('tags.exists_one(t, t == "a")', { tags: [null] }, unknown)
  check(
    'contacts.exists(c, c.verified && c.type == "mobile")',
    {
      contacts: [
        { verified: true, type: 'home' },
        { verified: false, type: 'mobile' },
      ],
    },
    false,
  )
  check('contacts.exists(c, c.verified && c.type == "mobile")', { contacts: [{ verified: true, type: 'mobile' }] }, true)
  check('contacts.exists(c, c.verified && c.type == "mobile")', { contacts: [{ type: 'mobile' }] }, unknown)
})

test('integers are exact at any size and divide towards zero', () => {
  check('emi == 9007199254740993', { emi: '9007199254740993' }, true)
  check('emi == 9007199254740993', { emi: 9007199254740992n }, false)
  check('emi + 1 == 9007199254740993', { emi: 9007199254740992n }, true)
  check('emi * emi == 81129638414606699710187514626049', { emi: 9007199254740993n }, true)
  check('dpd / 2 == -3', { dpd: -7 }, true)
  check('dpd % 2 == -1', { dpd: -7 }, true)
  check('dpd / 0 == 1', { dpd: 1 }, unknown)
  check('dpd % 0 == 1', { dpd: 1n }, unknown)
  check('emi / 3 == 3002399751580330', { emi: 9007199254740991 }, true)
  check('emi > paid', { emi: 5n, paid: '4' }, true)
  for (const odd of [3.5, Number.NaN, '3x', '', true, {}, '9'.repeat(41)]) check('dpd > 0', { dpd: odd }, unknown)
  check('dpd > 3.5', { dpd: 4 }, true)
  check('dpd < 3.5 && dpd >= 2.5', { dpd: 3 }, true)
  check('rate == 3', { rate: 3 }, true)
})

test('text is compared and counted by code point, without wildcards', () => {
  check('name > "\\uFFFD"', { name: '😀' }, true)
  check('size(name) == 2', { name: '😀a' }, true)
  check('name.contains("%")', { name: 'abc' }, false)
  check('name.startsWith("a_")', { name: 'abc' }, false)
  check('name.endsWith("*")', { name: 'a*' }, true)
  check('name + "b" == "ab"', { name: 'a' }, true)
  check('name.matches("^[A-Z]{5}[0-9]{4}[A-Z]$")', { name: 'ABCDE1234F' }, true)
  check('name.matches("^a")', { name: 'a\nb' }, true)
  check('type == "x"', { type: 'x' }, true)
})

test('dates, times and durations', () => {
  check("due >= date('2026-01-31')", { due: '2026-02-01' }, true)
  check("due >= date('2026-01-31')", { due: '2026-02-30' }, unknown)
  check("due in [date('2026-01-31')]", { due: '2026-01-31' }, true)
  check("seen == timestamp('2026-01-31T18:30:00Z')", { seen: '2026-02-01T00:00:00+05:30' }, true)
  check("wait > duration('1h30m')", { wait: '5400.000001s' }, true)
})

test('the fields that are touched', () => {
  assert.deepEqual(compile('dpd > 3 || contacts.exists(c, c.verified) || address.city == name', fields).fields, [
    'address.city',
    'contacts',
    'contacts.verified',
    'dpd',
    'name',
  ])
})

test('a row of any shape is answered', () => {
  const predicate = compile('address.city == "a" || contacts.exists(c, c.verified) || "a" in tags', fields)
  for (const row of [null, 3, 'x', [], { address: 3 }, { address: [], contacts: 'x', tags: {} }, { contacts: [3, null, 'x', []] }])
    assert.equal(predicate.test(row as Row), null)
})

test('the first example of the README holds', async () => {
  const readme = await readFile(new URL('README.md', import.meta.url), 'utf8')
  const code = /```ts\n([^]*?)```/.exec(readme)?.[1] ?? ''
  for (const line of [
    'compile(\'dpd >= 30 && bucket in ["SMA1", "SMA2"]\'',
    "overdue.test({ dpd: 45, bucket: 'SMA1' })",
    "overdue.sql('c')",
  ])
    assert.ok(code.includes(line), `the README lacks ${line}`)
  const overdue = compile('dpd >= 30 && bucket in ["SMA1", "SMA2"]', { dpd: 'int', bucket: { enum: ['SMA0', 'SMA1', 'SMA2'] } })
  assert.equal(overdue.test({ dpd: 45, bucket: 'SMA1' }), true)
  assert.equal(overdue.test({ dpd: 45 }), null)
  assert.deepEqual(overdue.sql('c'), {
    text: '(("c"."dpd" >= $1::bigint) and ("c"."bucket" = any($2::text[])))',
    values: ['30', ['SMA1', 'SMA2']],
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compile } from './compile.ts'
import type { Json } from './json.ts'
import { parse } from './parse.ts'
import { quickParse } from './quick-parse.ts'
import { stringify } from './stringify.ts'

const rounds = Number(process.env['HOLDFAST_ROUNDS'] ?? 300)

/** The same text behind a comment, which only the careful reader knows. */
const careful = (text: string): Json => parse(`/**/${text}`)

const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constantFrom(
    '',
    '7',
    '10',
    '007',
    '4294967294',
    '4294967295',
    '__proto__',
    'constructor',
    '\ud800',
    'a\udfffb',
    '\x7f1',
    '\u2028',
    'प्रिया',
  ),
)
const key = fc.oneof(
  word,
  fc.constantFrom('id', 'amount', 'submittedAt', 'outstandingPrincipal'),
  fc.integer({ min: 0, max: 9_999 }).map((n) => `k${n}`),
)
const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.tuple(fc.integer({ min: -9_999_999, max: 9_999_999 }), fc.stringMatching(/^[0-9]{1,9}$/)).map(([whole, part]) => `${whole}.${part}`),
  fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map(String),
  fc.constantFrom('-0', '-0.0', '0.0', '1e400', '5E-324', '1.0', '100.00', '9007199254740993', '999999999999999', '0.1e1'),
)
const { text } = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { depthSize: 'medium' },
    number,
    word.map((value) => JSON.stringify(value)),
    fc.constantFrom('true', 'false', 'null'),
    fc.array(tie('text'), { maxLength: 5 }).map((items) => `[${items.join(' ,')}]`),
    fc
      .array(fc.tuple(key, tie('text')), { maxLength: 8 })
      .map((items) => `{${items.map(([k, v]) => `${JSON.stringify(k)}: ${v}`).join()}}`),
  ),
}))

test('the quick reader reads what the careful one does', () => {
  fc.assert(
    fc.property(text, (json) => {
      const quick = quickParse(json)
      assert.notEqual(quick, undefined)
      assert.deepEqual(quick, careful(json))
      assert.equal(stringify(quick as Json), stringify(careful(json)))
    }),
    { numRuns: rounds },
  )
})

test('what was written reads back the same, and the platform reads it', () => {
  fc.assert(
    fc.property(text, (json) => {
      const written = stringify(parse(json))
      assert.equal(stringify(parse(written)), written)
      assert.doesNotThrow(() => JSON.parse(written))
    }),
    { numRuns: rounds },
  )
})

test('a text with a mistake anywhere is refused, with its place', () => {
  const whole = '{"a":[1,-2.5,"x\\n",{"b":true}],"long key of many letters":null}'
  for (let i = 0; i < whole.length; i++) {
    assert.throws(() => parse(whole.slice(0, i)), SyntaxError, whole.slice(0, i))
    for (const odd of ['\0', '\x1f', '}', ']', '"', '\\', 'e', '..']) {
      const broken = whole.slice(0, i) + odd + whole.slice(i)
      const answer = (read: (json: string) => unknown): unknown => {
        try {
          return read(broken)
        } catch (error) {
          assert.ok(error instanceof SyntaxError, broken)
          return 'refused'
        }
      }
      assert.deepEqual(answer(parse), answer(careful), broken)
    }
  }
})

const BEHIND: [string, string | undefined][] = [
  ['1 2', '1'],
  ['-1.50\n#', '-1.5'],
  ['1,', undefined],
  ['1]', undefined],
  ['1/**/', undefined],
  ['1\f', undefined],
  ['{}x', '{}'],
  ['[1]]', '[1]'],
  ['"a""b"', '"a"'],
  ['true{', 'true'],
  ['null]', 'null'],
  ['false$', 'false'],
  ['truex', undefined],
  ['true_', undefined],
  ['trueé', undefined],
  ['\ufeff{}', '{}'],
  ['', undefined],
  ['//', undefined],
]
test('Jackson reads one value, and no further', () => {
  for (const [text, written] of BEHIND) {
    for (const read of text.startsWith('\ufeff') ? [parse] : [parse, careful]) {
      if (written === undefined) assert.throws(() => read(text), SyntaxError, text)
      else assert.equal(stringify(read(text)), written, text)
    }
  }
})

test('a comment holds tabs and ends of lines, and no other controls', () => {
  for (const comment of ['/*\t\r\n*/', '//\t\r', '//\x7f\n']) assert.equal(parse(`${comment}1`), 1, JSON.stringify(comment))
  for (const comment of ['/*\0*/', '//\x1f\n', '/*\f*/']) assert.throws(() => parse(`[${comment}1]`), SyntaxError, JSON.stringify(comment))
})

const BOUNDS: [string, string, string[]][] = [
  ['\\b', 'héllo  pad  ', ['héllo', '  ', 'pad', '  ']],
  ['\\b', 'aßc-٢_', ['aßc', '-', '٢_']],
  ['\\b', 'e\u0301 \u0301e', ['e\u0301', ' \u0301', 'e']],
  ['\\B', 'éa b', ['é', 'a b']],
  ['$', 'name\r\n', ['name', '\r\n']],
  ['$', 'a\nb', ['a\nb']],
  ['\\Z', 'name\n', ['name', '\n']],
  [',\\s*$', 'a,b, \n', ['a,b']],
  ['a$', 'b a\r\n', ['b ', '\r\n']],
  ['(?:a|b)*?$', 'xa\u2028', ['x', '', '\u2028']],
  ['\\p{L}+', '1ab2é', ['1', '2']],
  ['\\p{Punct}+', 'a.,b;c$d', ['a', 'b', 'c', 'd']],
  ['\\p{IsLatin}', '1é2', ['1', '2']],
  ['a++', 'baab', ['b', 'b']],
  ['a++a', 'baab', ['baab']],
  ['(?>a|ab)c', 'abc-ac', ['abc-']],
  ['(?<!^)(?=[A-Z][a-z]+)', 'FieldNameToURL', ['Field', 'Name', 'ToURL']],
  ['(?<=[a-z]{1,3})(?=[A-Z]+)', 'oneTwoTHREE', ['one', 'Two', 'THREE']],
  ['\\s*,\\s*(?![^(]*\\))', 'a , b(c,d) ,e', ['a', 'b(c,d)', 'e']],
  ['(?<=\\d)(?=\\D)|(?<=\\D)(?=\\d)', '12ab3', ['12', 'ab', '3']],
  ['[a-z&&[^aeiou]]+', 'programme', ['', 'o', 'a', 'e']],
  ['[^a-c[1-3]]', 'a-1.b', ['a', '1', 'b']],
  ['\\b\\W+', 'né le 3', ['né', 'le', '3']],
  ['(?<!é)', 'é😀', ['é\ud83d', '\ude00']],
]
test('bounds of words and the end of a text are where Java sees them', () => {
  for (const [separator, a, parts] of BOUNDS) {
    const transform = compile([{ operation: 'modify-overwrite-beta', spec: { z: `=split('${separator}',@(1,a))` } }])
    assert.deepEqual(transform.run({ a }), { a, z: parts }, `${separator} in ${a}`)
  }
})

// What Java's toLowerCase answers: a word may hold dashes, digits and format characters, and not two signs in a row.
const SIGMAS = [
  ['aΣ', 'aς'],
  ['a-Σ', 'a-ς'],
  ['a0Σ', 'a0ς'],
  ['a Σ', 'a σ'],
  ['a_Σ', 'a_ς'],
  ['a,Σ', 'a,σ'],
  ['a.-Σ', 'a.-σ'],
  ['ΣΑΣ ΣΑ', 'σας σα'],
  ['aΣ0b', 'aσ0b'],
  ['a5%Σ', 'a5%σ'],
  ['a#Σ', 'a#σ'],
  ['日Σ', '日σ'],
  ['ʰΣ', 'ʰς'],
  ['ªΣ', 'ªσ'],
  ['a\u0301Σ', 'a\u0301ς'],
  ['B\u00ad_Σ', 'b\u00ad_σ'],
  ['𐐀Σ', '𐐨ς'],
  ['Σ𐐀Σ', 'σ𐐨σ'],
  [`${'a'.repeat(6_000_000)}Σ`, `${'a'.repeat(6_000_000)}ς`],
] as const
test('a sigma ends a word where Java says so', () => {
  const transform = compile([{ operation: 'modify-overwrite-beta', spec: { a: '=toLower' } }])
  for (const [a, lower] of SIGMAS) assert.equal((transform.run({ a }) as { a: string }).a === lower, true, a.slice(0, 20))
})

test('long texts, many keys and deep documents do not tire the buffers', () => {
  const long = JSON.stringify('अ'.repeat(50_000))
  const keys = `{${Array.from({ length: 5_000 }, (_, i) => `"key${i}":${i}.5`).join()}}`
  const deep = `${'[{"a":'.repeat(900)}"x"${'}]'.repeat(900)}`
  for (const json of [long, keys, deep, `[${long},${keys},"\\ud800",${deep},${long}]`]) {
    const value = parse(json)
    assert.equal(stringify(value), JSON.stringify(JSON.parse(json)).replaceAll('\\ud800', '\ud800'))
  }
})

test('a text of millions of escapes is read, or refused with its place', () => {
  const many = '\\n'.repeat(9_000_000)
  assert.equal(careful(`"${many}"`), '\n'.repeat(9_000_000))
  for (const [text, place] of [
    ['["a\\x"]', 5],
    ['["a\\n\n"]', 9],
    ['["a\\', 0],
    ['["\\u12g4"]', 5],
  ] as const)
    assert.throws(() => careful(text), place === 0 ? SyntaxError : { name: 'SyntaxError', message: new RegExp(`position ${place}$`) }, text)
})

test('a property that is computed may write JSON meanwhile', () => {
  const inner = { x: [1.5, 'é'] }
  const outer = {
    a: 'before',
    get b() {
      return stringify(inner)
    },
    c: 'after',
  }
  assert.equal(stringify(outer), JSON.stringify({ a: 'before', b: '{"x":[1.5,"é"]}', c: 'after' }))
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from './compile.ts'
import type { Json } from './json.ts'
import { parse } from './parse.ts'
import { SpecError, TransformError } from './spec-error.ts'
import { stringify } from './stringify.ts'

// Each of these would hang, crash or fill the memory if it were not bounded; that the suite ends is half of the proof.
const shift = (spec: unknown): unknown[] => [{ operation: 'shift', spec }]
const modify = (spec: unknown): unknown[] => [{ operation: 'modify-overwrite-beta', spec }]
const MEGABYTE = 'a'.repeat(1_000_000)

function nested(levels: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 'x'
  for (let i = 0; i < levels; i++) value = wrap(value)
  return value
}

const cyclic: Record<string, unknown> = {}
cyclic['a'] = cyclic

const REFUSED: [string, unknown][] = [
  ['a key of a megabyte', shift({ [MEGABYTE]: 'a' })],
  ['a path of a megabyte', shift({ a: MEGABYTE.replaceAll('aa', 'a.') })],
  ['a path of many steps', shift({ a: 'a.'.repeat(450_000) })],
  ['a key of many stars', shift({ ['*a'.repeat(450_000)]: 'a' })],
  ['a key of many bars', shift({ ['a|'.repeat(450_000)]: 'a' })],
  ['brackets', shift({ a: '['.repeat(900_000) })],
  ['parentheses', shift({ a: `@(${'('.repeat(900_000)}` })],
  ['look-ups', shift({ a: '@'.repeat(900_000) })],
  ['10,000 levels', shift(nested(10_000, (a) => ({ a })))],
  ['10,000 levels of lists', shift({ a: nested(10_000, (a) => [a]) })],
  ['a spec within itself', shift(cyclic)],
  ['a list of holes', shift({ a: Object.assign(['b'], { length: 10_000_000 }) })],
  ['a chain of holes', Object.assign([], { length: 100_000_000 })],
  ['a spec that shares its parts', shift(nested(60, (a) => ({ a, b: a })))],
]
for (const [name, spec] of REFUSED) test(`refused when compiled: ${name}`, () => assert.throws(() => compile(spec), SpecError))

const doubled = nested(60, (a) => [a, a]) as Json
const doubling = Array.from({ length: 60 }, () => shift({ '@': ['a', 'b'] })[0])
const lines = (line: (i: number) => string): Record<string, string> =>
  Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`k${i + 1}`, line(i)]))

const FAILING: [string, unknown, unknown][] = [
  ['an index at the end of int', shift({ a: 'b[2147483647]' }), { a: 1 }],
  ['an index from the data', shift({ a: 'b[@(1,n)]' }), { a: 1, n: 2_147_483_647 }],
  ['many indexes', shift({ '*': 'b.&[900000]' }), Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`k${i}`, 1]))],
  ['an index of default', [{ operation: 'default', spec: { 'a[]': { '2147483646': 1 } } }], {}],
  ['an index of modify', modify({ a: { '[2147483646]': 1 } }), {}],
  ['input of 10,000 levels', modify({ b: 1 }), nested(10_000, (a) => ({ a }))],
  ['input within itself', modify({ b: 1 }), cyclic],
  ['input that shares its parts', modify({ b: 1 }), doubled],
  ['sharing, then sort', [...doubling, { operation: 'sort' }], { x: 1 }],
  ['sharing, then cardinality', [...doubling, { operation: 'cardinality', spec: { '*': { a: 'MANY' } } }], { x: 1 }],
  ['sharing, then text', [...doubling, ...modify({ z: '=toString(@(1,a))' })], { x: 1 }],
  ['sharing, then squashing', [...doubling, ...modify({ z: '=recursivelySquashNulls(@(1,a))' })], { x: 1 }],
  ['text that doubles', modify(lines((i) => `=concat(@(1,k${i}),@(1,k${i}))`)), { k0: 'xxxxxxxxxx' }],
  ['data within itself as text', modify({ a: '@1', b: '=toString(@1)', c: '=toString(@(1,b))' }), { a: {} }],
]
for (const [name, spec, input] of FAILING)
  test(`fails when run: ${name}`, () => {
    const transform = compile(spec)
    assert.throws(
      () => stringify(transform.run(input as Json)),
      (error) => error instanceof TransformError || error instanceof RangeError,
    )
  })

test('output that shares its parts has no end on paper', () => {
  const shared = compile(doubling).run({ x: 1 })
  assert.throws(() => stringify(shared), RangeError)
})

test('stars without backtracking', () => {
  const transform = compile(shift({ [`${'*a'.repeat(100)}*b`]: 'x' }))
  assert.equal(transform.run(Object.fromEntries(Array.from({ length: 50 }, (_, i) => ['a'.repeat(20_000) + i, 1]))), undefined)
  assert.deepEqual(transform.run({ [`${'xa'.repeat(100)}yb`]: 1 }), { x: 1 })
})

test('separators without backtracking', () => {
  const split = (separator: string, text: string): unknown =>
    (compile(modify({ z: `=split('${separator}',@(1,a))` })).run({ a: text }) as { z?: unknown }).z
  const text = 'a'.repeat(5_000)
  assert.deepEqual(split('(a+)+b', text), [text])
  assert.deepEqual(split('(x+x+)+y', `${'x'.repeat(5_000)},`), [`${'x'.repeat(5_000)},`])
  assert.deepEqual(split('(?=(a+)+b)', text), [text])
  const quoted = 'a,"b,c",'.repeat(10_000)
  assert.equal((split(',(?=(?:[^"]*"[^"]*")*[^"]*$)', quoted) as string[]).length, 20_000)
  for (const deep of [
    '(?=(a*)*b)',
    '(?=((((a*)*)*)*)*b)c',
    '(?<=(a|aa){1,9})b',
    '(?=a)'.repeat(300),
    `${'(?=a'.repeat(40)}${')'.repeat(40)}`,
  ])
    split(deep, 'a'.repeat(5_000))
  // Too long for its text, too deep, too large once written out.
  for (const refused of ['(?<=a+)(?<=a+)b', '('.repeat(60), '[[[a', '(?=a{9999})', '(a*)*\\1b', '(a|aa)*\\1*b'])
    assert.equal(split(refused, 'a'.repeat(50_000)), undefined, refused)
  assert.deepEqual(split(`x(?=${'(a{99}){99}'.repeat(3)})`, text), [text])
  assert.deepEqual(split('(?=[A-Z])', 'oneTwoThree'), ['one', 'Two', 'Three'])
  assert.deepEqual(split('\\s*,\\s*', 'a , b,c'), ['a', 'b', 'c'])
})

test('deep and long texts are read, or refused, in bounded time', () => {
  assert.throws(() => stringify(parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)), RangeError)
  assert.throws(() => parse('{"a":'.repeat(500_000)), SyntaxError)
  assert.throws(() => parse('9'.repeat(1_000_000)), SyntaxError)
  assert.throws(() => parse('"abc\\'), SyntaxError)
  assert.throws(() => parse(`{"a":${' '.repeat(500_000)}`), SyntaxError)
})

const PROTOTYPES: [string, unknown, string, string][] = [
  ['shift, from the data', shift({ '*': '__proto__.&' }), '{"polluted":1}', '{"__proto__":{"polluted":1}}'],
  ['shift, from the spec', shift({ a: 'constructor.prototype.polluted' }), '{"a":1}', '{"constructor":{"prototype":{"polluted":1}}}'],
  ['default', [{ operation: 'default', spec: parse('{"__proto__":{"polluted":1}}') }], '{}', '{"__proto__":{"polluted":1}}'],
  [
    'modify',
    modify(parse('{"+__proto__":{"polluted":1},"toString":{"polluted":2}}')),
    '{}',
    '{"__proto__":{"polluted":1},"toString":{"polluted":2}}',
  ],
  ['remove', [{ operation: 'remove', spec: parse('{"__proto__":{"toString":""},"hasOwnProperty":""}') }], '{"a":1}', '{"a":1}'],
  ['sort', [{ operation: 'sort' }], '{"b":1,"__proto__":{"polluted":1}}', '{"__proto__":{"polluted":1},"b":1}'],
]
for (const [name, spec, input, output] of PROTOTYPES)
  test(`keys of prototypes are data: ${name}`, () => {
    const json = parse(input)
    assert.equal(stringify(compile(spec).run(json)), output)
    assert.equal(stringify(json), input)
    assert.deepEqual([({} as { polluted?: unknown }).polluted, typeof {}.toString], [undefined, 'function'])
  })

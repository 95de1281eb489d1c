import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from './compile.ts'
import { parse } from './parse.ts'
import { SpecError } from './spec-error.ts'
import { stringify } from './stringify.ts'

const shift = (spec: unknown): unknown => [{ operation: 'shift', spec }]

test('numbers keep their Java kind from text to text', () => {
  for (const text of ['1', '1.0', '-0.0', '12345678901', '12345678901234567890123', '1.0E10', '"Infinity"', '0.1', '1.0E-5']) {
    assert.equal(stringify(parse(text)), text)
  }
  assert.equal(stringify(parse('[1e3,1e400,-0,0.0001]')), '[1000.0,"Infinity",0,1.0E-4]')
})

test('keys keep their order, and keys of prototypes are plain data', () => {
  const text = '{"b":1,"2":2,"1":3,"__proto__":{"x":1},"constructor":4}'
  assert.equal(stringify(parse(text)), text)
  assert.equal(stringify(compile(shift({ '*': '&' })).run(parse(text))), text)
  assert.equal(({} as { x?: unknown }).x, undefined)
})

test('a list written to two targets is one list, and the input stays as it is', () => {
  const input = { a: [1], b: 2 }
  const output = compile(shift({ a: ['x', 'y'], b: 'x' })).run(input)
  assert.deepEqual(output, { x: [1, 2], y: [1, 2] })
  assert.deepEqual(input, { a: [1], b: 2 })
})

test('a bad spec names its line', () => {
  assert.throws(
    () => compile(shift({ a: { 'b*&': 'c' } })),
    (error) => error instanceof SpecError && error.path === '/0/spec/a/b*&',
  )
})

const modify = (spec: unknown): unknown => ({ operation: 'modify-overwrite-beta', spec })
const ALIASES: [string, unknown[], string, string][] = [
  ['a look-up', [modify({ z: '@(1,a)' }), modify({ a: { b: { c: 2 } } })], '{"a":{"b":{"c":1}}}', '{"a":{"b":{"c":2}},"z":{"b":{"c":2}}}'],
  [
    'below it',
    [modify({ z: '@(1,a.b)' }), modify({ a: { b: { c: 2 }, k: 1 } })],
    '{"a":{"b":{"c":1}}}',
    '{"a":{"b":{"c":2},"k":1},"z":{"c":2}}',
  ],
  [
    'an element',
    [modify({ z: '=toList(@(1,a),@(1,a))' }), modify({ a: { b: 2 } })],
    '{"a":{"b":1}}',
    '{"a":{"b":2},"z":[{"b":2},{"b":2}]}',
  ],
  ['a change first', [modify({ a: { b: 2 }, z: '@(1,a)' }), modify({ z: { b: 3 } })], '{"a":{"b":1}}', '{"a":{"b":3},"z":{"b":3}}'],
  ['removal', [modify({ z: '@(1,a)' }), { operation: 'remove', spec: { a: { b: '' } } }], '{"a":{"b":1}}', '{"a":{},"z":{}}'],
  ['one of a list', [{ operation: 'cardinality', spec: { a: { '@': 'ONE', b: 'MANY' } } }], '{"a":[{"b":1}]}', '{"a":{"b":[1]}}'],
  ['nulls squashed', [modify({ z: '=squashNulls(@(1,a))' })], '{"a":[null,1]}', '{"a":[1],"z":[1]}'],
]
for (const [name, spec, text, output] of ALIASES)
  test(`what stands in two places changes in both, and the input in none: ${name}`, () => {
    const input = parse(text)
    assert.equal(stringify(compile(spec).run(input)), output)
    assert.equal(stringify(input), text)
  })

test('a literal of the spec that a run changes is one within the run, and as it was for the next', () => {
  const transform = compile([
    modify({ '*': ['=noop', [1, { k: 2 }]] }),
    { operation: 'remove', spec: { a: { '0': '' } } },
    modify({ b: { '[0]': { k: '=toString(3)' } } }),
  ])
  for (let i = 0; i < 3; i++) assert.equal(stringify(transform.run({ a: 0, b: 0 })), '{"a":[{"k":"3"}],"b":[{"k":"3"}]}')
})

// What Java has for the JSON text of the number: the Long nearest to 2^63 ends in …5000 there, and -2^63 is no Long any more.
const EDGES: [number, string][] = [
  [2 ** 63 - 1024, '{"a":9223372036854775000,"abs":9223372036854775000,"long":9223372036854775000}'],
  [1024 - 2 ** 63, '{"a":-9223372036854775000,"abs":9223372036854775000,"long":-9223372036854775000}'],
  [-(2 ** 63), '{"a":-9223372036854776000,"long":9223372036854775616}'],
  [2 ** 63, '{"a":9223372036854776000,"long":-9223372036854775616}'],
]
test('a plain number at the end of 64 bits is what its text is to Java', () => {
  const transform = compile([modify({ abs: '=abs(@(1,a))', long: '=toLong(@(1,a))' })])
  for (const [a, out] of EDGES) assert.equal(stringify(transform.run({ a })), out)
})

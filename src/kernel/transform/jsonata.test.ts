import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileJsonata } from './jsonata.ts'
import type { Json } from './json.ts'
import { parse } from './parse.ts'
import { SpecError, TransformError } from './spec-error.ts'

test('answers plain JSON', async () => {
  const total = compileJsonata('{"total": $sum(lines.amount), "names": lines.name, "none": missing}')
  const input = parse('{"lines":[{"name":"a","amount":1.0},{"name":"b","amount":2.5}]}')
  assert.deepEqual(await total.run(input), { total: 3.5, names: ['a', 'b'] })
  assert.equal(await compileJsonata('missing').run(input), undefined)
  assert.deepEqual(await compileJsonata('$split(x, /,\\s*/)').run({ x: 'a, b,c' }), ['a', 'b', 'c'])
})

const REFUSED: [string, string][] = [
  ['not an expression', 'a ['],
  ['too deep', `${'('.repeat(10_000)}1${')'.repeat(10_000)}`],
  ['prefixes without end', '-'.repeat(40_000)],
  ['too long', `"${'x'.repeat(1_000_000)}"`],
]
for (const [name, text] of REFUSED) test(`refused when compiled: ${name}`, () => assert.throws(() => compileJsonata(text), SpecError))

const STOPPED: [string, string][] = [
  ['recursion', '($f := function($n) { 1 + $f($n) }; $f(1))'],
  ['tail recursion', '($f := function($n) { $f($n + 1) }; $f(1))'],
  ['a long range', '[1..10000000]'],
  ['a wide pad', '$pad("x", 100000000)'],
]
for (const [name, text] of STOPPED) {
  test(`stopped when run: ${name}`, () => assert.rejects(compileJsonata(text, { timeoutMs: 100 }).run({}), TransformError))
}

test('a pattern that backtracks elsewhere is linear here', async () => {
  assert.equal(await compileJsonata('$contains(x, /^(a+)+$/)').run({ x: `${'a'.repeat(5_000)}b` }), false)
})

test('input within itself, or that shares its parts without end, is refused', async () => {
  const cyclic: Record<string, unknown> = {}
  cyclic['a'] = cyclic
  await assert.rejects(compileJsonata('a').run(cyclic as Json), TransformError)
  let shared: Json = [1]
  for (let i = 0; i < 40; i++) shared = [shared, shared]
  await assert.rejects(compileJsonata('$count($)').run(shared), TransformError)
})

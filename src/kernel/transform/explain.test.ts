import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compile } from './compile.ts'
import type { Json } from './json.ts'
import { stringify } from './stringify.ts'

const rounds = Number(process.env['HOLDFAST_ROUNDS'] ?? 300)

const key = fc.constantFrom('a', 'b', 'c', 'ab', 'tag-x', 'tag-y')
const scalar = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('a', 'b', true, false))
const { doc } = fc.letrec<{ doc: Json; map: Json }>((tie) => ({
  doc: fc.oneof({ depthSize: 'small' }, scalar, fc.array(tie('doc'), { maxLength: 3 }), tie('map')),
  map: fc.dictionary(key, tie('doc'), { maxKeys: 4 }) as fc.Arbitrary<Json>,
}))
const input = fc.dictionary(key, doc, { minKeys: 1, maxKeys: 5 }) as fc.Arbitrary<Json>

const target = fc
  .array(fc.constantFrom('x', 'y', 'z', '&', '&1', '&(0,0)', 'list[]', 'list[1]', 'k[&]', '@(1,a)'), { minLength: 1, maxLength: 3 })
  .map((steps) => steps.join('.'))
const left = fc.constantFrom('a', 'b', 'c', 'a|b', '*', 'tag-*', '@', '$', '#lit', 'a*')
const { lines } = fc.letrec<{ lines: Record<string, Json> }>((tie) => ({
  lines: fc.dictionary(left, fc.oneof({ depthSize: 'small' }, target, fc.array(target, { minLength: 1, maxLength: 2 }), tie('lines')), {
    minKeys: 1,
    maxKeys: 4,
  }) as fc.Arbitrary<Record<string, Json>>,
}))

/** Paths of all leaves but null, which may be the padding of a list. */
function leaves(json: Json | undefined, path = ''): string[] {
  if (json === null || json === undefined) return []
  if (typeof json !== 'object') return [path]
  const entries = Array.isArray(json)
    ? json.map((item, i) => [`${path}[${i}]`, item] as const)
    : Object.entries(json).map(([name, item]) => [`${path}.${name}`, item as Json] as const)
  return entries.length === 0 ? [path] : entries.flatMap(([place, item]) => leaves(item, place))
}

const covers = (output: string, leaf: string): boolean => leaf === output || leaf.startsWith(`${output}.`) || leaf.startsWith(`${output}[`)

/** Random specs are often refused, and often fail on the data; those say nothing. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}

test('every leaf that a shift wrote is claimed by a line, also after default and modify', () => {
  let claimed = 0
  const chain = (spec: Json, extra: Json): Json => [
    { operation: 'shift', spec },
    { operation: 'default', spec: { x: { d: 1 }, 'list[]': { '1': 'filled' }, e: {} } },
    { operation: 'modify-default-beta', spec: { y: extra, m: { n: '=toList(1,2)' } } },
  ]
  fc.assert(
    fc.property(lines, input, doc, (spec, data, extra) => {
      const transform = attempt(() => compile(chain(spec, extra)))
      const done = attempt(() => {
        const output = transform?.run(data)
        // A map written into itself has no end of leaves, and no text.
        return { output, text: stringify(output) }
      })
      if (transform === undefined || done === undefined) return
      const told = transform.explain(data)
      for (const leaf of leaves(done.output)) {
        assert.ok(
          told.some((line) => covers(line.output, leaf)),
          `${leaf} of ${done.text}: ${JSON.stringify(told)}`,
        )
        claimed++
      }
      for (const { spec: line, step } of told) assert.ok(line.startsWith(`/${step}/spec`), line)
    }),
    { numRuns: rounds },
  )
  assert.ok(claimed > rounds, String(claimed))
})

test('without a line the paths go that it alone wrote, and all others stay', () => {
  const names = ['p', 'q', 'r', 's']
  const flat = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'ab'), fc.constantFrom(...names, 'm.p', 'm.q', 'n.o.p'), { minKeys: 1 })
  fc.assert(
    fc.property(flat, fc.dictionary(fc.constantFrom('a', 'b', 'c', 'ab'), scalar, { minKeys: 1 }), (spec, data) => {
      const told = compile([{ operation: 'shift', spec }]).explain(data)
      const full = leaves(compile([{ operation: 'shift', spec }]).run(data))
      for (const gone of Object.keys(spec)) {
        const rest = Object.fromEntries(Object.entries(spec).filter(([name]) => name !== gone))
        if (Object.keys(rest).length === 0) continue
        const alone = told.filter(
          (line) => line.spec === `/0/spec/${gone}` && !told.some((other) => other !== line && shares(other.output, line.output)),
        )
        const left = leaves(compile([{ operation: 'shift', spec: rest }]).run(data))
        for (const { output } of alone) assert.deepEqual([full.includes(output), left.includes(output)], [true, false], output)
        const others = told.filter(
          (line) => line.spec !== `/0/spec/${gone}` && !told.some((other) => other !== line && shares(other.output, line.output)),
        )
        for (const { output } of others) assert.ok(left.includes(output), output)
      }
    }),
    { numRuns: rounds },
  )
})

/** Whether one stands at, in or above the other; the elements of a list count as one place, for they come from several lines. */
function shares(a: string, b: string): boolean {
  const [x, y] = [a.replace(/\[\d+\]/g, ''), b.replace(/\[\d+\]/g, '')]
  return covers(x, y) || covers(y, x)
}

test('each operation tells its lines', () => {
  const told = compile([
    { operation: 'shift', spec: { a: ['x', 'y.z[2]'], b: 'x' } },
    { operation: 'default', spec: { d: { e: 1 } } },
    { operation: 'remove', spec: { y: { z: { '0': '' } } } },
    { operation: 'cardinality', spec: { x: 'ONE' } },
    { operation: 'modify-overwrite-beta', spec: { f: { '[1]': '=toUpper(@(2,x))' } } },
    { operation: 'sort' },
  ]).explain({ a: 'k', b: 2 })
  assert.deepEqual(
    told.map(({ step, operation, spec, output }) => [step, operation, spec, output]),
    [
      [0, 'shift', '/0/spec/a/0', '.x[0]'],
      [0, 'shift', '/0/spec/a/1', '.y.z[2]'],
      [0, 'shift', '/0/spec/b', '.x[1]'],
      [1, 'default', '/1/spec/d', '.d'],
      [1, 'default', '/1/spec/d/e', '.d.e'],
      [2, 'remove', '/2/spec/y/z/0', '.y.z[0]'],
      [3, 'cardinality', '/3/spec/x', '.x'],
      [4, 'modify-overwrite-beta', '/4/spec/f', '.f'],
      [4, 'modify-overwrite-beta', '/4/spec/f/[1]', '.f[1]'],
    ],
  )
})

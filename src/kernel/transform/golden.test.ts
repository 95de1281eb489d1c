import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import { compile } from './compile.ts'
import { parse } from './parse.ts'
import type { Json } from './json.ts'
import { SpecError, TransformError } from './spec-error.ts'
import { stringify } from './stringify.ts'

// What Jolt 0.1.8 under Java 17 answered to generated specs and inputs: `out`, or where it failed; and what json-utils has written for a text.
type Case = { text?: string; written?: string; spec: Json; input?: Json; context?: Json; out?: Json; fails?: 'compile' | 'run' }

const folder = new URL('golden/', import.meta.url)
const FEWEST_CASES = 4_000

/** Nothing of an input may change, not even for a moment. */
function frozen(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json
  for (const item of Object.values(json)) frozen(item)
  return Object.freeze(json)
}

/** The order of keys is accidental in Java for new keys of default, and after cardinality. */
const byKey = compile([{ operation: 'sort' }])

function answer({ text, spec, input, context }: Case): { out: Json | undefined } | { fails: 'compile' | 'run' } {
  if (text !== undefined) return { out: parse(text) }
  try {
    return { out: compile(spec).run(input, context) }
  } catch (error) {
    if (error instanceof SpecError) return { fails: 'compile' }
    assert.ok(error instanceof TransformError, String(error))
    return { fails: 'run' }
  }
}

let seen = 0
for (const file of readdirSync(folder)) {
  test(`answers as Java does: ${file}`, () => {
    for (const line of readFileSync(new URL(file, folder), 'utf8').trim().split('\n')) {
      const known = frozen(parse(line)) as Case
      seen++
      if (known.written !== undefined) {
        assert.equal(stringify(parse(known.text ?? '')), known.written, line)
        continue
      }
      const before = stringify(known.input)
      const found = answer(known)
      const ordered = !/"operation":"(?:default|cardinality)"/.test(line)
      const show = (json: Json | undefined): string => stringify(ordered ? json : byKey.run(json))
      if (known.fails !== undefined) assert.deepEqual(found, { fails: known.fails }, line)
      else assert.equal('out' in found ? show(found.out) : found.fails, show(known.out), line)
      assert.equal(stringify(known.input), before, line)
    }
  })
}

test('the cases were there', () => assert.ok(seen >= FEWEST_CASES, String(seen)))

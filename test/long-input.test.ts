import assert from 'node:assert/strict'
import { test } from 'node:test'
import { declarations } from '#mounted'
import type { z } from 'zod'

// A body lets one text be ten times as long. Read once this is a millisecond; read again from each of its letters, half a minute.
const letters = 120_000
const tooSlowMs = 1_000
const repeated = ['a', '1', ' ', ')', '.', '-', '_', 'a.', '1 ', '\u00a0']
const starts = ['', '+', '1']
const ends = ['', '\u0001']

interface Found {
  readonly place: string
  readonly schema: z.ZodType
}

/** Every schema of a text in an input, by where it stands. */
function textsIn(schema: unknown, place: string, seen = new Set<unknown>()): readonly Found[] {
  if (typeof schema !== 'object' || schema === null || seen.has(schema)) return []
  seen.add(schema)
  if (!('_zod' in schema)) return Object.entries(schema).flatMap(([name, inner]) => textsIn(inner, `${place}/${name}`, seen))
  const { def } = (schema as z.ZodType)._zod
  return def.type === 'string' ? [{ place, schema: schema as z.ZodType }] : textsIn({ ...def, checks: undefined }, place, seen)
}

const texts = declarations().routes.flatMap(({ target }) => textsIn(target.spec.input, target.name))

test('no text of any input, however long and whatever is in it, keeps the program busy', () => {
  assert.ok(texts.length > 50, `${texts.length} texts`)
  const slow: string[] = []
  for (const { place, schema } of texts) {
    const written = starts.flatMap((start) => ends.flatMap((end) => repeated.map((part) => [start, part, end] as const)))
    for (const [start, part, end] of written) {
      const text = start + part.repeat(letters / part.length) + end
      const before = process.cpuUsage()
      schema.safeParse(text)
      const { user } = process.cpuUsage(before)
      if (user / 1000 > tooSlowMs) {
        slow.push(`${place}: ${JSON.stringify([start, part, end])} took ${Math.round(user / 1000)} ms`)
        break
      }
    }
  }
  assert.deepEqual(slow, [])
})

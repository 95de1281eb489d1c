import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { schemaOf } from './openapi.ts'
import { portablePattern } from './portable-pattern.ts'

const patterns = [
  /^[^\p{Cc}\p{Cn}\p{Co}<>\u202A-\u202E\u2066-\u2069]+$/u,
  /^[\p{L}\p{N}][\p{L}\p{N}:._/ -]{0,119}$/u,
  /^[^\p{Cc}\p{Cs}]*[^\p{Cc}\p{Cs}\p{Z}][^\p{Cc}\p{Cs}]*$/u,
  /^(?!\s)[^\p{C}\p{Zl}\p{Zp}]{1,80}(?<!\s)$/u,
]

const signs = ['a', '0', ' ', ':', '.', '_', '/', '<', '-', '\u00e9', '\u0915', '\u0967', '\u4e00', '\u2028', '\u200b', '\n', '\u0000']

test('a portable pattern names no category, and takes whatever its own takes', () => {
  for (const pattern of patterns) {
    const portable = portablePattern(pattern.source)
    assert.ok(!portable.includes('\\p'), portable)
    const read = [new RegExp(portable), new RegExp(portable, 'u')]
    const letters = fc.string({
      unit: fc.constantFrom(...signs),
      maxLength: 6,
    })
    fc.assert(
      fc.property(letters, (text) => {
        if (pattern.test(text)) for (const one of read) assert.ok(one.test(text), `${portable} refuses ${JSON.stringify(text)}`)
      }),
    )
  }
})

test('it still refuses what the list of points can tell', () => {
  const [name, account, fee, payment] = patterns.map((pattern) => new RegExp(portablePattern(pattern.source)))
  for (const text of ['', 'a<b', 'a\u0000', '\u202Ea', '\uE000']) assert.ok(!name?.test(text), JSON.stringify(text))
  for (const text of ['', '-a', ' a', 'a,b', 'a'.repeat(121)]) assert.ok(!account?.test(text), JSON.stringify(text))
  for (const text of ['', '  ', '\u3000', 'a\u0085']) assert.ok(!fee?.test(text), JSON.stringify(text))
  for (const text of ['', ' a', 'a\u2028b', 'a\u200b', 'a'.repeat(81)]) assert.ok(!payment?.test(text), JSON.stringify(text))
})

test('a category whose points are not listed is found when the document is made', () => {
  assert.throws(() => portablePattern('^[\\p{Sc}]$'), /Sc/)
})

test('a schema in the document has portable patterns, wherever it has one', () => {
  const name = z.string().regex(/^\p{L}+$/u)
  const { properties } = schemaOf(z.strictObject({ names: z.array(name), name }), 'input')
  assert.ok(!JSON.stringify(properties).includes(String.raw`\\p`))
})

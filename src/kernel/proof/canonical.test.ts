import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encode } from './canonical.ts'

test('frozen bytes: these must never change', () => {
  const table: [(string | Uint8Array)[], string][] = [
    [[], ''],
    [['ab'], '54000000026162'],
    [[''], '5400000000'],
    [[Buffer.from('00ff', 'hex')], '420000000200ff'],
    [['₹'], '5400000003e282b9'],
  ]
  for (const [fields, hex] of table) assert.equal(encode('d', fields).toString('hex'), `540000000164${hex}`)
})

const fields = fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 40 })), { maxLength: 5 })
const told = (list: readonly (string | Uint8Array)[]): string => JSON.stringify(list.map((f) => (typeof f === 'string' ? f : [...f])))

test('two inputs share bytes only if they say the same', () => {
  fc.assert(fc.property(fields, fields, (a, b) => encode('d', a).equals(encode('d', b)) === (told(a) === told(b))))
})

test('moving a boundary, a kind or the domain changes the bytes', () => {
  const forms: [string, (string | Uint8Array)[]][] = [
    ['d', ['ab', 'c']],
    ['d', ['a', 'bc']],
    ['d', ['abc']],
    ['d', [Buffer.from('ab'), 'c']],
    ['d', ['ab', 'c', '']],
    ['da', ['b', 'c']],
  ]
  assert.equal(new Set(forms.map(([domain, list]) => encode(domain, list).toString('hex'))).size, forms.length)
})

test('text that UTF-8 cannot tell apart is refused', () => {
  assert.throws(() => encode('d', ['a\ud800']), /well-formed/)
})

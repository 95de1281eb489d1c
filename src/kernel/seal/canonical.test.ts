import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { fieldFromJson, fieldToJson } from './canonical-json.ts'
import { digestOf, encode, hashOf } from './canonical.ts'
import type { Field } from './canonical.ts'

test('frozen bytes: these must never change', () => {
  const table: [Field[], string][] = [
    [[], ''],
    [['ab'], '54000000026162'],
    [[''], '5400000000'],
    [[null], '4e00000000'],
    [[-12n], '54000000032d3132'],
    [[0], '540000000130'],
    [[-0], '540000000130'],
    [[Buffer.from('00ff', 'hex')], '420000000200ff'],
    [[[]], '4c00000000'],
    [[['a', null]], '4c0000000b5400000001614e00000000'],
    [['₹'], '5400000003e282b9'],
  ]
  for (const [fields, hex] of table) assert.equal(encode('d', fields).toString('hex'), `540000000164${hex}`)
})

const leafField = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.bigInt(),
  fc.maxSafeInteger(),
  fc.constant(null),
  fc.uint8Array({ maxLength: 80 }),
)
const { field } = fc.letrec<{ field: Field }>((tie) => ({
  field: fc.oneof({ depthSize: 'small', maxDepth: 4 }, leafField, fc.array(tie('field'), { maxLength: 4 })),
}))
const fields = fc.array(field, { maxLength: 8 })
const shape = (list: readonly Field[]): string => JSON.stringify(list.map(fieldToJson))

test('two inputs share bytes only if they say the same', () => {
  fc.assert(fc.property(fields, fields, (a, b) => encode('d', a).equals(encode('d', b)) === (shape(a) === shape(b))))
})

test('moving a boundary, a kind or the domain changes the bytes', () => {
  const forms: [string, Field[]][] = [
    ['d', ['ab', 'c']],
    ['d', ['a', 'bc']],
    ['d', ['abc']],
    ['d', [['ab', 'c']]],
    ['d', [['ab'], 'c']],
    ['d', [Buffer.from('ab'), 'c']],
    ['d', ['ab', 'c', null]],
    ['d', ['ab', 'c', '']],
    ['d', ['ab', 'c', []]],
    ['da', ['b', 'c']],
  ]
  assert.equal(new Set(forms.map(([domain, list]) => encode(domain, list).toString('hex'))).size, forms.length)
})

test('the JSON form stands for the same bytes', () => {
  fc.assert(
    fc.property(field, (value) => {
      const back = fieldFromJson(JSON.parse(JSON.stringify(fieldToJson(value))))
      assert.ok(back !== undefined && encode('d', [back]).equals(encode('d', [value])))
    }),
  )
  for (const bad of [1, true, undefined, {}, { hex: 'A0' }, { hex: '0' }, { hex: '00', more: 1 }, [1], [['a', {}]]]) {
    assert.equal(fieldFromJson(bad), undefined, JSON.stringify(bad))
  }
})

test('hashes are SHA-256 of the encoded bytes, salted ones of salt and bytes', () => {
  fc.assert(
    fc.property(fields, fc.uint8Array({ minLength: 16, maxLength: 16 }), (list, salt) => {
      const bytes = encode('d', list)
      assert.deepEqual(hashOf('d', list), createHash('sha256').update(bytes).digest())
      assert.deepEqual(digestOf(salt, 'd', list), createHash('sha256').update(salt).update(bytes).digest())
    }),
  )
})

test('hostile input is refused', () => {
  const deep = (levels: number): Field => (levels === 0 ? 'x' : [deep(levels - 1)])
  assert.ok(encode('d', [deep(8)]))
  assert.throws(() => encode('d', [deep(9)]), /nest at most 8/)
  assert.throws(() => encode('d', ['a\ud800']), /well-formed/)
  assert.throws(() => encode('d', [1.5]), /safe integer/)
  assert.throws(() => encode('d', [2 ** 53]), /safe integer/)
  assert.throws(() => encode('d', [Buffer.alloc(17 * 1024 * 1024)]), /longer than/)
  assert.throws(() => digestOf(Buffer.alloc(15), 'd', []), /16 bytes/)
  assert.equal(encode('d', ['x'.repeat(200_000)]).length, 6 + 5 + 200_000, 'the scratch buffer grows')
})

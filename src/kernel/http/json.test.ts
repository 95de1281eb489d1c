import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Fault } from '#kernel/faults'
import { depthMax, readJson } from './json.ts'

const read = (text: string): unknown => readJson(Buffer.from(text))
const reasonOf = (body: Buffer | string): unknown => {
  try {
    readJson(Buffer.from(body))
  } catch (error) {
    assert.ok(error instanceof Fault)
    assert.equal(error.code, 'http.body_malformed')
    return error.facts['reason']
  }
  return 'read'
}

test('whatever JSON says, however it is spaced, is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(3), (value, space) => {
      const text = JSON.stringify(value, null, space)
      assert.deepEqual(read(text), JSON.parse(text))
    }),
  )
})

test('names with colons, quotes and points in them are one name each', () => {
  assert.deepEqual(read('{"a:b":"c\\":\\"","\\\\":{"1.5":[":",1.5]}}'), { 'a:b': 'c":"', '\\': { '1.5': [':', 1.5] } })
})

test('a name that stands twice in an object is refused, and the same in two objects is not', () => {
  const refused = ['{"a":1,"a":2}', '[{"b":{"a":1,"c":2,"a":1}}]', '{"a":1,"\\u0061":2}', '{"__proto__":1,"__proto__":2}', '{"":{},"":{}}']
  for (const text of refused) assert.equal(reasonOf(text), 'a name stands twice in an object', text)
  for (const text of ['{"a":{"a":1}}', '[{"a":1},{"a":2}]', '{"a":1,"A":2}', '{"__proto__":{"a":1}}'])
    assert.equal(reasonOf(text), 'read', text)
})

test('a fraction that would be read as a whole number is refused; a whole number in another notation is one', () => {
  for (const number of ['1.00000000000000001', '-0.99999999999999999999', '999999999999999.0000001', '4503599627370497.5'])
    assert.equal(reasonOf(`{"amount":${number}}`), 'a fraction too long to be read', number)
  for (const number of ['1', '1.0', '100.000', '1e3', '1.5e1', '1.5', '0.1', '-2.25', '4503599627370495.5', '1.7976931348623157e308'])
    assert.equal(reasonOf(`[${number}]`), 'read', number)
})

test('bytes that are no UTF-8, and what is no JSON, are refused', () => {
  assert.equal(reasonOf(Buffer.from([0x22, 0xff, 0x22])), 'not UTF-8')
  assert.equal(reasonOf(Buffer.from([0x22, 0xc0, 0x80, 0x22])), 'not UTF-8')
  assert.equal(read('"\ufffd"'), '\ufffd')
  for (const text of ['{', '{}x', '{"a":1,}', "{'a':1}", ' ', '\ufeff{}', 'NaN', '01']) assert.notEqual(reasonOf(text), 'read', text)
  assert.equal(readJson(Buffer.alloc(0)), undefined)
})

test('nesting has a limit', () => {
  const nested = (levels: number): string => `${'[{"a":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}`
  assert.equal(reasonOf(nested(depthMax)), 'read')
  assert.equal(reasonOf(nested(depthMax + 2)), `nested deeper than ${depthMax}`)
})

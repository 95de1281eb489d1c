import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault, faultCatalogue, faults } from './index.ts'

faults('sample', { empty: [422, 'There is nothing in it.', 'Put something in.'] })

test('a fault carries the status and meaning of its catalogue entry', () => {
  const fault = new Fault('sample.empty', { box: 'b1' })
  assert.deepEqual([fault.status, fault.code, fault.facts], [422, 'sample.empty', { box: 'b1' }])
  assert.match(fault.message, /There is nothing in it/)
})

test('a code that nobody declared cannot be thrown', () => {
  assert.throws(() => new Fault('sample.unknown'), /not in the catalogue/)
})

test('a code is declared once and has the form module.rule_broken', () => {
  assert.throws(() => faults('sample', { empty: [422, 'again', 'again'] }), /declared twice/)
  assert.throws(() => faults('sample', { 'Has-Caps': [422, 'x', 'y'] }), /form module.rule_broken/)
  assert.ok(faultCatalogue().some((entry) => entry.code === 'sample.empty'))
})

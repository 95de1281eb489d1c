import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { touchedBy } from '#services/touched-by.ts'

void test('each event is shown where it can be seen, and always among the events', () => {
  for (const [type, shown] of [
    ['lending.repaid.v1', ['loan', 'loans', 'trial-balance', 'overview', 'ledger']],
    ['identity.person_registered.v1', ['people', 'person']],
    ['identity.roles_changed.v1', ['session']],
    ['lending.product_made.v1', ['products']],
    ['lending.product_changed.v1', ['products']],
    ['breakers.moved.v1', ['breakers']],
    ['something.new.v1', ['overview']],
  ] as const)
    for (const name of [...shown, 'events', 'audit']) assert.ok(touchedBy(type).includes(name), `${type} on ${name}`)
})

void test('whatever it asks again is asked somewhere', async () => {
  const folder = import.meta.dirname
  const asked = await Promise.all(
    ['loans', 'overview', 'people', 'ledger', 'jobs', 'info', 'session', 'breakers', 'events', 'products'].map((name) =>
      readFile(path.join(folder, `${name}.ts`), 'utf8'),
    ),
  )
  for (const type of ['lending.x.v1', 'lending.product_x.v1', 'identity.x.v1', 'breakers.x.v1', 'other.x.v1'])
    for (const name of touchedBy(type)) assert.ok(asked.join('').includes(`queryKey: ['${name}'`), name)
})

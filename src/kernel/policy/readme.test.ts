import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { analyse } from './analyse.ts'
import { compileTable } from './policy.ts'

test('the first example of the README holds', async () => {
  const readme = await readFile(new URL('README.md', import.meta.url), 'utf8')
  const code = /```ts\n([^]*?)```/.exec(readme)?.[1] ?? ''
  const fields = { dpd: 'int', bucket: { enum: ['SMA1', 'SMA2'] } } as const
  const rows = [
    { id: 'late', when: { dpd: '>= 60' }, outcome: { queue: 'field' } },
    { id: 'mid', when: { dpd: '[30..60)', bucket: 'in ["SMA1"]' }, outcome: { queue: 'tele' } },
  ]
  for (const line of [
    "{ dpd: 'int', bucket: { enum: ['SMA1', 'SMA2'] } }",
    "{ id: 'late', when: { dpd: '>= 60' }, outcome: { queue: 'field' } }",
    `{ id: 'mid', when: { dpd: '[30..60)', bucket: 'in ["SMA1"]' }, outcome: { queue: 'tele' } }`,
    "decide({ dpd: 45, bucket: 'SMA1' })",
  ])
    assert.ok(code.includes(line), `the README lacks ${line}`)
  const table = { name: 'allocation', hit: 'first', inputs: ['dpd', 'bucket'], outputs: { queue: 'string' }, rows } as const
  const decision = compileTable(table, fields).decide({ dpd: 45, bucket: 'SMA1' })
  assert.deepEqual([decision.rows, decision.outcome], [['mid'], { queue: 'tele' }])
  assert.ok(analyse(table, fields).gaps.some((gap) => gap.witness.row['dpd'] === 30 && gap.witness.row['bucket'] === 'SMA2'))
})

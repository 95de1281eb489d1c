import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'

test('the first example of the README runs', async () => {
  const example = /```ts\n([^]*?)```/.exec(readFileSync(new URL('./README.md', import.meta.url), 'utf8'))?.[1]
  assert.ok(example)
  const folder = new URL('../../../.cache/readme/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const file = new URL('outbound.ts', folder)
  writeFileSync(file, example)
  await import(file.href)
})

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'

test('the first example of the README runs, and answers what it says', async () => {
  const example = /```ts\n([^]*?)```/.exec(readFileSync(new URL('./README.md', import.meta.url), 'utf8'))?.[1]
  assert.ok(example)
  const folder = new URL('../../../.cache/readme/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const file = new URL('transform.ts', folder)
  writeFileSync(file, example.replace(/^stringify\(.*/m, 'export const answer = $&'))
  const { answer } = (await import(file.href)) as { answer: string }
  assert.equal(`// ${answer}`, example.trim().split('\n').at(-1))
})

import { strict as assert } from 'node:assert'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { runInThisContext } from 'node:vm'
import * as streams from '#kernel/streams'

test('the first example of the README says what happens', () => {
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8')
  const [, code = ''] = /```ts\n([^]*?)```/.exec(readme) ?? []
  const lines = code.split('\n').filter((line) => line.startsWith('const') || line.startsWith('driver'))
  const body = lines.map((line) => (line.startsWith('driver') ? `seen.push(${line.replace(/\s*\/\/.*/, '')})` : line)).join('\n')
  const run = runInThisContext(
    `(streams) => { const { stream, tumbling, testDriver } = streams; const seen = []\n${body}\nreturn [seen, driver] }`,
  ) as (module: typeof streams) => [unknown[], streams.TestDriver]
  const [seen, driver] = run(streams)
  const said = lines.filter((line) => line.startsWith('driver')).map((line) => /\/\/ (\[.*\](?= and|$))/.exec(line)?.[1] ?? '')
  assert.equal(seen.length, 4)
  const expected = said.map((text) => runInThisContext(`(${text})`) as unknown)
  assert.deepEqual(seen, expected)
  assert.equal(driver.droppedRecords, 1)
})

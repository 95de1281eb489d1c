import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { CannotStart } from '#kernel/db'
import { Tokens } from './token.ts'

test('the key is made once, whole, for its owner alone; of starts at once all have the one that stays', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'hf-keys-'))
  try {
    const file = path.join(folder, 'keys', 'session.pem')
    const [first, ...others] = await Promise.all([Tokens.fromFile(file), Tokens.fromFile(file)])
    const again = await Tokens.fromFile(file)
    for (const one of [...others, again]) assert.deepEqual(one.keyFor('test'), first?.keyFor('test'))
    assert.notDeepEqual(again.keyFor('another'), again.keyFor('test'))
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.deepEqual(await readdir(path.dirname(file)), ['session.pem'])
    for (const text of ['', 'nonsense']) {
      await writeFile(file, text)
      await assert.rejects(Tokens.fromFile(file), (error) => error instanceof CannotStart && error.message.includes(file))
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

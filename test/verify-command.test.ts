import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, test } from 'node:test'
import { generateKeyPairSync } from 'node:crypto'
import { database } from '#test/database'
import { exportedBank } from '#test/sealing'

const db = await database()
const world = await exportedBank(db, 4)
after(world.end)
const checkpoints = path.join(world.folder, 'checkpoints.txt')
const key = path.join(world.export, 'public.pem')

function verify(...args: readonly string[]): { status: number | null; out: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(import.meta.dirname, '..', 'bin', 'verify.ts'), ...args], {
    encoding: 'utf8',
  })
  return { status, out: stdout + stderr }
}

test('bin/verify: 0 and SOUND, 1 and the first bad row, 2 where it cannot judge', () => {
  const sound = verify(world.export, '--key', key, '--checkpoints', checkpoints)
  assert.equal(sound.status, 0, sound.out)
  assert.match(sound.out, /SOUND/)
  const forged = path.join(world.root, 'forged')
  cpSync(world.export, forged, { recursive: true })
  const file = path.join(forged, 'transfer.ndjson')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace('"amount":"100"', '"amount":"900"'))
  const bad = verify(forged, '--key', key, '--checkpoints', checkpoints)
  assert.equal(bad.status, 1)
  assert.match(bad.out, /BAD: changed: stream transfer, row transfer_\w+ \(number \d+\)/)
  const other = path.join(world.root, 'other.pem')
  writeFileSync(other, generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }))
  const empty = path.join(world.root, 'empty.txt')
  cpSync(checkpoints, empty)
  truncateSync(empty, 0)
  for (const args of [
    [],
    [world.export],
    [path.join(world.root, 'nowhere'), '--key', key, '--checkpoints', checkpoints],
    [world.export, '--key', other, '--checkpoints', checkpoints],
    [world.export, '--key', checkpoints, '--checkpoints', checkpoints],
    [world.export, '--key', key, '--checkpoints', empty],
    [world.export, '--unknown'],
  ]) {
    assert.equal(verify(...args).status, 2, args.join(' '))
  }
})

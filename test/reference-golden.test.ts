import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import path from 'node:path'
import { test } from 'node:test'

// In a process of its own: tests declare operations, events and faults too, which are none of the program's.
test('docs/reference tells what is declared (else: node bin/run.cjs reference, and read the difference)', async () => {
  const command = path.join(import.meta.dirname, '..', 'bin', 'reference.ts')
  const said = await new Promise<string>((resolve) => {
    execFile(process.execPath, [command, '--check'], (error, stdout, stderr) => resolve(error ? stdout + stderr : stdout))
  })
  assert.equal(said, '')
})

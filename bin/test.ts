// Every test, in two processes side by side, each with a PostgreSQL of its own: those that mostly wait (for pages of the console, for
// programs that start and end) beside all the others. With arguments, files or flags of `node --test`, those alone, in one process.
import { spawn } from 'node:child_process'
import { glob } from 'node:fs/promises'
import { constants } from 'node:os'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..')
const flags = ['--test', '--test-isolation=none', '--test-timeout=120000']
/** As long as all the others together; one that is gone fails the run. */
const waiting = ['console', 'start', 'idempotency', 'export-command', 'pack-engines', 'launcher'].map((name) => `test/${name}.test.ts`)
/** Watches over the process it is in. */
const watching = 'test/leaks.test.ts'
const children = new Set<ReturnType<typeof spawn>>()

function run(args: readonly string[], heard: 'inherit' | 'pipe'): { code: Promise<number>; said: () => string } {
  const colours = heard === 'pipe' && process.stdout.hasColors?.() ? { FORCE_COLOR: '1' } : {}
  const env = { ...process.env, ...colours }
  const child = spawn(process.execPath, [...flags, ...args], { cwd: root, stdio: ['inherit', heard, heard], env })
  children.add(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (ended, signal) => resolve(signal ? 128 + constants.signals[signal] : (ended ?? 1)))
  })
  return { code: code.finally(() => children.delete(child)), said: () => said }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    // Ctrl-C in a terminal reaches them by itself.
    if (signal === 'SIGINT' && process.stdin.isTTY) return
    for (const child of children) child.kill(signal)
  })

const chosen = process.argv.slice(2)
if (chosen.length > 0) process.exitCode = await run(chosen, 'inherit').code
else {
  const all = (await Array.fromAsync(glob('{src,test,web/src}/**/*.test.ts', { cwd: root })))
    .map((file) => file.replaceAll(path.sep, '/'))
    .toSorted()
  const apart = run([watching, ...waiting], 'pipe')
  const others = run(
    all.filter((file) => !waiting.includes(file)),
    'inherit',
  )
  const first = await others.code
  const second = await apart.code
  process.stdout.write(`\nBeside them (${waiting.length} files):\n${apart.said()}`)
  process.exitCode = first || second
}

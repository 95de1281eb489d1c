// Every test, in two processes side by side, each with a PostgreSQL of its own: those that mostly wait (for pages of the console, for
// programs that start and end) beside all the others. With arguments, files or flags of `node --test`, those alone, in one process.
import { spawn } from 'node:child_process'
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..')
const folder = await mkdtemp(path.join(tmpdir(), 'hf-tests-'))
/** As long as all the others together; one that is gone fails the run. */
const waiting = ['console', 'start', 'idempotency', 'export-command', 'pack-engines', 'launcher'].map((name) => `test/${name}.test.ts`)
/** Watches over the process it is in, and has no test. */
const watching = 'test/leaks.test.ts'
const children = new Set<ReturnType<typeof spawn>>()

interface Run {
  readonly args: readonly string[]
  /** At least one test of each must have ended. A file that waits for ever as it is loaded ends node --test with 0, and no test was run. */
  readonly files?: readonly string[]
  readonly heard: 'inherit' | 'pipe'
}

async function run({ args, files = [], heard }: Run): Promise<{ code: number; said: string }> {
  const list = path.join(folder, heard)
  const reports = ['spec', 'stdout', path.join(root, 'test', 'files-seen.ts'), list]
  const flags = ['--test', '--test-isolation=none', '--test-timeout=120000']
  const asked = args.some((arg) => arg.startsWith('--test-reporter'))
  const reporting = asked ? [] : reports.map((value, at) => `--test-reporter${at % 2 === 0 ? '' : '-destination'}=${value}`)
  const colours = heard === 'pipe' && process.stdout.hasColors?.() ? { FORCE_COLOR: '1' } : {}
  const child = spawn(process.execPath, [...flags, ...reporting, ...args, ...files], {
    cwd: root,
    stdio: ['inherit', heard, heard],
    env: { ...process.env, ...colours },
  })
  children.add(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (ended, signal) => resolve(signal ? 128 + constants.signals[signal] : (ended ?? 1)))
  })
  children.delete(child)
  if (code !== 0 || asked) return { code, said }
  const seen = (await readFile(list, 'utf8')).trim().split('\n')
  const unseen = files.filter((file) => file !== watching && !seen.includes(path.join(root, file)))
  if (seen[0] !== '' && unseen.length === 0) return { code, said }
  const told = unseen.length > 0 ? `no test of ${unseen.join(', ')}` : 'no test'
  return { code: 1, said: `${said}\nThe tests ended, but ${told} was run: does a file wait for something that never comes?\n` }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    // Ctrl-C in a terminal reaches them by itself.
    if (signal === 'SIGINT' && process.stdin.isTTY) return
    for (const child of children) child.kill(signal)
  })

const chosen = process.argv.slice(2)
if (chosen.length > 0) {
  const { code, said } = await run({ args: chosen, heard: 'inherit' })
  process.stdout.write(said)
  process.exitCode = code
} else {
  const all = (await Array.fromAsync(glob('{src,test,web/src}/**/*.test.ts', { cwd: root }))).map((file) => file.replaceAll(path.sep, '/'))
  const others = all.filter((file) => !waiting.includes(file))
  const [first, second] = await Promise.all([
    run({ args: [], files: others, heard: 'inherit' }),
    run({ args: [], files: [watching, ...waiting], heard: 'pipe' }),
  ])
  process.stdout.write(`${first.said}\nBeside them (${waiting.length} files):\n${second.said}`)
  process.exitCode = first.code || second.code
}
await rm(folder, { recursive: true, force: true })

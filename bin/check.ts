// Everything that can be judged without running the product: types, lint, format, dead code, the law of the house, golden files.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import path from 'node:path'

interface Check {
  readonly name: string
  readonly command: readonly [program: string, ...args: string[]]
}

const root = path.join(import.meta.dirname, '..')
const tool = (name: string): string => path.join(root, 'node_modules', '.bin', name)
const sources = ['src', 'test', 'bench', 'bin'].filter((folder) => existsSync(path.join(root, folder)))
const web = existsSync(path.join(root, 'web', 'tsconfig.json')) ? ['web/src'] : []
const goldens = (await Array.fromAsync(glob('{src,test}/**/*-golden.test.ts', { cwd: root }))).toSorted()

const checks: readonly Check[] = [
  { name: 'types', command: [tool('tsc'), '--noEmit'] },
  ...(web.length > 0 ? [{ name: 'types of the console', command: [tool('tsc'), '--noEmit', '-p', 'web'] } as const] : []),
  { name: 'lint', command: [tool('oxlint'), '--type-aware', ...sources, ...web] },
  { name: 'format', command: [tool('oxfmt'), '--check', ...sources, ...web] },
  { name: 'dead code', command: [tool('knip')] },
  { name: 'law of the house', command: [process.execPath, 'bin/test.ts', 'src/house.test.ts'] },
  { name: 'golden files', command: [process.execPath, 'bin/test.ts', ...goldens] },
]

async function passes({ name, command: [program, ...args] }: Check): Promise<boolean> {
  const begun = performance.now()
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      said += error.message
      resolve(1)
    })
    child.on('close', resolve)
  })
  process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${((performance.now() - begun) / 1000).toFixed(1)} s)\n`)
  if (code !== 0) process.stdout.write(`${said.trim()}\n\n`)
  return code === 0
}

const failed: string[] = []
for (const check of checks) if (!(await passes(check))) failed.push(check.name)
process.stdout.write(failed.length === 0 ? 'All checks passed.\n' : `Failed: ${failed.join(', ')}.\n`)
process.exitCode = failed.length === 0 ? 0 : 1

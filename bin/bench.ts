// Runs the benchmarks one after the other (or those whose names contain a word given): each prints ratios measured in one run.
import { spawn } from 'node:child_process'
import { glob } from 'node:fs/promises'
import { cpus } from 'node:os'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..')
const wanted = process.argv.slice(2)
const files = (await Array.fromAsync(glob('bench/*.bench.ts', { cwd: root }))).toSorted()
const chosen = files.filter((file) => wanted.length === 0 || wanted.some((word) => file.includes(word)))
if (chosen.length === 0) {
  process.stderr.write(
    `No benchmark is called ${wanted.join(' or ')}. There are: ${files.map((file) => path.basename(file, '.bench.ts')).join(', ')}.\n`,
  )
  process.exitCode = 1
}
process.stdout.write(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node.js ${process.version}\n`)
for (const file of chosen) {
  process.stdout.write(`\n${file}\n`)
  // With the arguments that the launcher gives this program: the server's young generation.
  const child = spawn(process.execPath, [...process.execArgv, file], { cwd: root, stdio: 'inherit' })
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve))
  if (code !== 0) process.exitCode = 1
}

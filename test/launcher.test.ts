import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'

// A small repository around the real launcher, with stand-ins for npm and vite (neither ours) that write down how they were called.
const root = await mkdtemp(path.join(tmpdir(), 'hf-launcher-'))
after(() => rm(root, { recursive: true, force: true }))
const at = (...parts: string[]): string => path.join(root, ...parts)
const lockOf = (version: string): string =>
  JSON.stringify({
    packages: {
      '': {},
      'node_modules/pg': { version },
      'node_modules/for-others': { version, optional: true },
      'node_modules/web': { link: true },
    },
  })

for (const folder of ['bin', 'web/src', 'node_modules/vite/bin', 'path']) await mkdir(at(folder), { recursive: true })
await copyFile(path.join(import.meta.dirname, '..', 'bin', 'run.cjs'), at('bin', 'run.cjs'))
await writeFile(at('package-lock.json'), lockOf('1.0.0'))
await writeFile(at('web/index.html'), '')
await writeFile(
  at('path/npm'),
  `#!/bin/sh\necho "$@" >> '${at('npm-calls')}'\ncp '${at('package-lock.json')}' '${at('node_modules/.package-lock.json')}'\n`,
  { mode: 0o755 },
)
await writeFile(
  at('node_modules/vite/bin/vite.js'),
  `const fs = require('node:fs'); fs.appendFileSync(${JSON.stringify(at('vite-calls'))}, process.argv.slice(2).join(' ') + '\\n')
  if (fs.readFileSync('src/page.ts', 'utf8') === 'wrong') process.exit(1)
  fs.mkdirSync(process.argv[4]); fs.copyFileSync('src/page.ts', process.argv[4] + '/page')`,
)
await writeFile(at('web/src/page.ts'), 'one')
await writeFile(at('bin/start.ts'), 'process.exitCode = 0')
await writeFile(at('bin/answer.ts'), 'console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 5')
await writeFile(at('bin/wait.ts'), "process.on('SIGTERM', () => process.exit(7)); setInterval(() => undefined, 1000); console.log('up')")

interface Run {
  readonly code: number | null
  readonly said: string
}

async function launch(args: readonly string[], onSaid?: (kill: (signal: NodeJS.Signals) => void) => void): Promise<Run> {
  const child = spawn(process.execPath, [at('bin/run.cjs'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: `${at('path')}:${process.env['PATH'] ?? ''}` },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  if (onSaid) child.stdout.once('data', () => onSaid((signal) => child.kill(signal)))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, said }
}

const lines = async (file: string): Promise<number> => (await readFile(at(file), 'utf8').catch(() => '')).split('\n').length - 1

test('dependencies are installed once, and again when the lock file names others', async () => {
  const first = await launch(['answer', 'a b', '--c'])
  assert.match(first.said, /Installing the dependencies.*\n.*\["a b","--c"\]\n$/)
  assert.equal(first.code, 5)
  assert.deepEqual([await lines('npm-calls'), await launch(['answer']), await lines('npm-calls')], [1, { code: 5, said: '[]\n' }, 1])
  await writeFile(at('package-lock.json'), lockOf('1.0.1'))
  assert.match((await launch(['answer'])).said, /Installing/)
  // The user ran npm ci: nothing is left to do.
  await writeFile(at('package-lock.json'), lockOf('1.0.2'))
  await writeFile(at('node_modules/.package-lock.json'), lockOf('1.0.2'))
  assert.equal((await launch(['answer'])).said, '[]\n')
  assert.equal(await lines('npm-calls'), 2)
})

test('the console is built for start, when its sources changed, and a failed build leaves the old one', async () => {
  await launch(['answer'])
  assert.equal(await lines('vite-calls'), 0)
  for (let again = 0; again < 2; again++) await launch(['start'])
  assert.equal(await lines('vite-calls'), 1)
  await writeFile(at('web/src/page.ts'), 'two')
  assert.equal((await launch(['start'])).code, 0)
  assert.equal(await readFile(at('web/dist/page'), 'utf8'), 'two')
  await writeFile(at('web/src/page.ts'), 'wrong')
  const failed = await launch(['start'])
  assert.equal(failed.code, 1)
  assert.match(failed.said, /could not be built/)
  assert.equal(await readFile(at('web/dist/page'), 'utf8'), 'two')
})

test('a signal reaches the program, whose exit code is the launcher’s', async () => {
  assert.equal((await launch(['wait'], (kill) => kill('SIGTERM'))).code, 7)
})

// sh stands between npm and the launcher unless it is told to give way, and dies of a signal without handing it on.
test('npm hands a signal on to the program; killed outright, npm and launcher take it with them', async () => {
  await copyFile(path.join(import.meta.dirname, '..', 'package.json'), at('package.json'))
  await writeFile(at('web/src/page.ts'), 'two')
  await writeFile(
    at('bin/start.ts'),
    `process.on('SIGTERM', () => { console.log('ended in order'); process.exit(0) })
     process.on('disconnect', () => process.exit(9))
     setInterval(() => undefined, 1000)
     console.log(JSON.stringify({ server: process.pid, launcher: process.ppid }))`,
  )
  type Who = 'npm' | 'launcher'
  for (const [who, signal] of [
    ['npm', 'SIGTERM'],
    ['npm', 'SIGKILL'],
    ['launcher', 'SIGKILL'],
  ] as const satisfies [Who, NodeJS.Signals][]) {
    const npm = spawn('npm', ['start', '--silent'], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    const up = new Promise<number>((resolve) => {
      npm.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        const [line] = /\{.*\}/.exec(said) ?? []
        if (line !== undefined) resolve((JSON.parse(line) as { launcher: number }).launcher)
      })
    })
    // The pipe ends once nobody holds it any more: npm, launcher and program are gone.
    const gone = once(npm.stdout, 'close')
    const launcher = await Promise.race([up, gone.then(() => assert.fail(`npm start ended: ${said}`))])
    process.kill(who === 'npm' ? (npm.pid ?? 0) : launcher, signal)
    await gone
    assert.equal(said.includes('ended in order'), signal === 'SIGTERM', `${signal} to ${who}: ${said}`)
  }
})

test('an unknown command is answered with those there are', async () => {
  assert.deepEqual(await launch(['stop']), { code: 1, said: 'There is no command "stop". There are: answer, start, wait.\n' })
})

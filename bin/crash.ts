// Pulls the plug: kills the server or PostgreSQL under load, starts again, and looks whether anything acknowledged was lost or doubled.
import { spawnSync } from 'node:child_process'
import { chmod, glob, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { everythingOnce, reactionsOnce, settle } from '#test/crash/audit'
import { Client } from '#test/crash/client'
import { type Book, load, openBook } from '#test/crash/load'
import { endServer, startServer } from '#test/server-process'

const rounds = Number(process.env['HOLDFAST_CRASH_ROUNDS'] ?? 6)
const loadMs = 1_500

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const folder = await mkdtemp(path.join(tmpdir(), 'hf-crash-'))
// PostgreSQL runs as another user when we are root, who must be able to pass through.
await chmod(folder, 0o755)
const data = path.join(folder, 'data')
const client = new Client()
let book: Book | undefined

async function postmasterPid(): Promise<number> {
  for await (const file of glob('**/postmaster.pid', { cwd: data }))
    return Number((await readFile(path.join(data, file), 'utf8')).split('\n')[0])
  throw new Error('there is no postmaster.pid')
}

/** An auditor's look at what the server wrote, beside the running one: exported, and verified without a database. */
function verifyExport(number: number): string {
  const exported = path.join(folder, `export-${number}`)
  const root = path.join(import.meta.dirname, '..')
  const run = (command: string, args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, 'bin', `${command}.ts`), ...args], {
      env: { ...process.env, HOLDFAST_DATA: data },
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`bin/${command} ended with ${status}: ${stdout}${stderr}`)
    return stdout.trim().split('\n').at(-1) ?? ''
  }
  run('export', [exported])
  return run('verify', [exported, '--key', path.join(exported, 'public.pem'), '--checkpoints', path.join(data, 'seal', 'checkpoints.txt')])
}

async function round(number: number): Promise<void> {
  const victim = number % 2 === 0 ? 'server' : 'PostgreSQL'
  const server = await startServer(data, ['--empty'])
  await client.to(server)
  book ??= await openBook(client)
  const from = client.sent.length
  let going = true
  const loading = load(client, book, { round: number, going: () => going })
  await sleep(loadMs)
  if (victim === 'server') await endServer(server, 'SIGKILL')
  else process.kill(await postmasterPid(), 'SIGKILL')
  await sleep(victim === 'server' ? 50 : 1_500)
  going = false
  const asked = await loading
  const again = victim === 'server' ? await startServer(data, ['--empty']) : server
  await client.to(again)
  const { acknowledged, unknown } = await settle(client, from)
  if (acknowledged === 0) throw new Error('nothing was done before the plug was pulled')
  say(`round ${number}: killed ${victim}; ${acknowledged} acknowledged, all there; ${unknown} unknown, done once`)
  say(`  ${await everythingOnce(client, book)}`)
  say(`  ${await reactionsOnce(client, book, asked)}`)
  say(`  ${verifyExport(number)}`)
  await endServer(again)
}

try {
  const began = performance.now()
  for (let number = 0; number < rounds; number++) await round(number)
  say(`${rounds} rounds in ${Math.round((performance.now() - began) / 1000)} s: nothing acknowledged was lost, nothing was doubled.`)
} finally {
  await rm(folder, { recursive: true, force: true })
}

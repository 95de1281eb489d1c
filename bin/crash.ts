// Pulls the plug: kills the server or PostgreSQL under load, starts again, and looks whether anything acknowledged was lost or doubled.
import { spawnSync } from 'node:child_process'
import { chmod, glob, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { endServer, type ServerProcess, startServer } from '#test/server-process'

const rounds = Number(process.env['HOLDFAST_CRASH_ROUNDS'] ?? 6)
const clients = 24
const accounts = 12
const loadMs = 1_500
const password = 'Monsoon over Pune 7'

interface Sent {
  readonly key: string
  readonly body: string
  answer: string | undefined
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const folder = await mkdtemp(path.join(tmpdir(), 'hf-crash-'))
// PostgreSQL runs as another user when we are root, who must be able to pass through.
await chmod(folder, 0o755)
const data = path.join(folder, 'data')
const everything: Sent[] = []
let token = ''

async function post(url: string, route: string, body: object | string, key?: string): Promise<Response> {
  return fetch(`${url}/api/v1${route}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(key ? { 'idempotency-key': key } : {}),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  })
}

async function signIn(url: string): Promise<void> {
  const reply = await post(url, '/sessions', { login: 'asha', password })
  if (reply.status !== 201) throw new Error(`signing in: ${reply.status} ${await reply.text()}`)
  token = ((await reply.json()) as { accessToken: string }).accessToken
}

async function setUp({ url, said }: ServerProcess): Promise<void> {
  const invitation = /set-up\?token=(\S+)/.exec(said())?.[1]
  const reply = await post(url, '/set-up', { token: invitation, name: 'Asha', phone: '+919800000001', login: 'asha', password })
  if (reply.status !== 201) throw new Error(`setting up: ${reply.status} ${await reply.text()}`)
  await signIn(url)
  for (let at = 0; at < accounts; at++)
    await post(url, '/ledger/accounts', { id: `a${at}`, code: 'crash', unit: 'INR', side: 'debit', min: null })
}

/** Transfers from many clients until told to stop; each is noted before it is sent and again when it is answered. */
async function load(url: string, round: number, going: () => boolean): Promise<void> {
  const client = async (number: number): Promise<void> => {
    for (let turn = 0; going(); turn++) {
      const key = `r${round}-c${number}-t${turn}`
      const from = (number + turn) % accounts
      const legs = [
        { account: `a${from}`, amount: -7, unit: 'INR' },
        { account: `a${(from + 1 + (turn % (accounts - 1))) % accounts}`, amount: 7, unit: 'INR' },
      ]
      const sent: Sent = { key, body: JSON.stringify({ key, legs }), answer: undefined }
      everything.push(sent)
      try {
        const reply = await post(url, '/ledger/transfers', sent.body, key)
        const text = await reply.text()
        if (reply.status === 201) sent.answer = text
      } catch {
        // The plug was pulled: what became of this one is found out after the restart.
        await sleep(20)
      }
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)))
}

async function postmasterPid(): Promise<number> {
  for await (const file of glob('**/postmaster.pid', { cwd: data }))
    return Number((await readFile(path.join(data, file), 'utf8')).split('\n')[0])
  throw new Error('there is no postmaster.pid')
}

/** Sends everything again with its key: the acknowledged must answer the same bytes, the others must be done once now. */
async function settle(url: string, from: number): Promise<{ acknowledged: number; unknown: number; lost: number }> {
  const [acknowledged, unknown] = [
    everything.slice(from).filter((sent) => sent.answer !== undefined).length,
    everything.slice(from).filter((sent) => sent.answer === undefined).length,
  ]
  let lost = 0
  for (let at = from; at < everything.length; at += 200) {
    await Promise.all(
      everything.slice(at, at + 200).map(async (sent) => {
        const reply = await post(url, '/ledger/transfers', sent.body, sent.key)
        const text = await reply.text()
        if (reply.status !== 201) throw new Error(`${sent.key}: ${reply.status} ${text}`)
        if (sent.answer !== undefined && sent.answer !== text) lost += 1
        sent.answer = text
      }),
    )
  }
  return { acknowledged, unknown, lost }
}

async function audit(url: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` }
  const balance = (await (await fetch(`${url}/api/v1/reports/trial-balance`, { headers })).json()) as { difference: number }
  let transfers = 0
  for (let after = ''; ;) {
    const page = (await (await fetch(`${url}/api/v1/ledger/transfers?limit=200${after}`, { headers })).json()) as {
      items: { key: string }[]
      next: string | null
    }
    transfers += page.items.length
    if (page.next === null) break
    after = `&after=${page.next}`
  }
  const distinct = new Set(everything.map((sent) => (JSON.parse(sent.answer ?? '{}') as { id: string }).id)).size
  say(`  books: difference ${balance.difference}; ${everything.length} sent, ${transfers} booked, ${distinct} different receipts`)
  if (balance.difference !== 0 || transfers !== everything.length || distinct !== everything.length)
    throw new Error('something was lost or doubled')
}

function verifyExport(): void {
  const exported = path.join(folder, 'export')
  const root = path.join(import.meta.dirname, '..')
  const run = (command: string, args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(path.join(root, 'bin', command), args, {
      env: { ...process.env, HOLDFAST_DATA: data },
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`bin/${command} ended with ${status}: ${stdout}${stderr}`)
    return stdout.trim().split('\n').at(-1) ?? ''
  }
  run('export', [exported])
  say(
    `  ${run('verify', [exported, '--key', path.join(exported, 'public.pem'), '--checkpoints', path.join(data, 'seal', 'checkpoints.txt')])}`,
  )
}

async function round(number: number): Promise<void> {
  const victim = number % 2 === 0 ? 'server' : 'PostgreSQL'
  const server = await startServer(data, ['--empty'])
  if (token === '') await setUp(server)
  else await signIn(server.url)
  const from = everything.length
  let going = true
  const loading = load(server.url, number, () => going)
  await sleep(loadMs)
  if (victim === 'server') await endServer(server, 'SIGKILL')
  else process.kill(await postmasterPid(), 'SIGKILL')
  await sleep(victim === 'server' ? 50 : 1_500)
  going = false
  await loading
  const again = victim === 'server' ? await startServer(data, ['--empty']) : server
  await signIn(again.url)
  const { acknowledged, unknown, lost } = await settle(again.url, from)
  say(`round ${number}: killed ${victim}; ${acknowledged} acknowledged, ${unknown} unknown, ${lost} lost or changed`)
  if (lost > 0 || acknowledged === 0) throw new Error('the round failed')
  await audit(again.url)
  if (number === rounds - 1) verifyExport()
  await endServer(again)
}

try {
  for (let number = 0; number < rounds; number++) await round(number)
  say(`${rounds} rounds: nothing acknowledged was lost, nothing was doubled.`)
} finally {
  await rm(folder, { recursive: true, force: true })
}

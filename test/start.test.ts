import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, glob, mkdtemp, readFile, rm } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from '#kernel/db'
import { startEmbedded } from '#kernel/embedded'
import { endServer, type ServerProcess, startServer } from '#test/server-process'

// The program as an operator starts it, and everything that can stand in its way.
const folder = await mkdtemp(path.join(tmpdir(), 'hf-start-'))
await chmod(folder, 0o755)
const servers: ServerProcess[] = []
after(async () => {
  // Only a failed test leaves one running.
  for (const server of servers) await endServer(server)
  await rm(folder, { recursive: true, force: true })
})
const data = path.join(folder, 'data')
const login = { login: 'asha', password: 'Monsoon over Pune 7' }
const patienceMs = 40_000

async function begin(where: string, environment = {}): Promise<ServerProcess> {
  const server = await startServer(where, ['--empty'], environment)
  servers.push(server)
  return server
}

async function post({ url, child, said }: ServerProcess, route: string, body: object): Promise<number> {
  const headers = { 'content-type': 'application/json' }
  const reply = await fetch(`${url}/api/v1${route}`, { method: 'POST', headers, body: JSON.stringify(body) }).catch((cause: unknown) => {
    throw new Error(`${route} was not answered; the server's exit code is ${child.exitCode}, it said:\n${said()}`, { cause })
  })
  await reply.arrayBuffer()
  return reply.status
}

const admin = ({ said }: ServerProcess) => {
  const token = /set-up\?token=(\S+)/.exec(said())?.[1]
  return { token, name: 'Asha', phone: '+919800000001', ...login }
}

/** Sends a request whose head has arrived (the server says 100 Continue) when the signal comes, and whose body follows after it. */
async function askedDuring(server: ServerProcess, signal: () => Promise<unknown>): Promise<number | undefined> {
  const headers = { 'content-type': 'application/json', expect: '100-continue' }
  const asking = request(`${server.url}/api/v1/set-up`, { method: 'POST', headers })
  asking.flushHeaders()
  await once(asking, 'continue')
  const ended = signal()
  while (!server.said().includes('Ending')) await sleep(5)
  asking.end(JSON.stringify(admin(server)))
  const [reply] = (await once(asking, 'response')) as [IncomingMessage]
  reply.resume()
  await ended
  return reply.statusCode
}

async function postmaster(where: string): Promise<number | undefined> {
  for await (const file of glob('**/postmaster.pid', { cwd: where }))
    return Number.parseInt(await readFile(path.join(where, file), 'utf8'), 10)
  return undefined
}

/** A start that is refused with a sentence, not a stack, and leaves no PostgreSQL behind. */
async function refused(where: string, sentence: RegExp, options: readonly string[] = ['--empty'], environment = {}): Promise<void> {
  await assert.rejects(startServer(where, options, environment), (error: Error) => {
    assert.match(error.message, /ended with 1 /)
    assert.match(error.message, sentence)
    assert.doesNotMatch(error.message, /\n {4}at /, 'no stack')
    return true
  })
  if (where !== data) assert.equal(await postmaster(where), undefined)
}

test('a folder in use, a port in use: the second start says so; SIGTERM answers what was asked and ends with 0', async () => {
  const server = await begin(data)
  const { port } = new URL(server.url)
  await Promise.all([
    refused(data, /Another Holdfast \(process \d+\).*\n?.*HOLDFAST_DATA/),
    refused(path.join(folder, 'other'), new RegExp(`Port ${port} is in use.*PORT=${Number(port) + 1}`), ['--empty'], { PORT: port }),
  ])
  assert.equal(await askedDuring(server, () => endServer(server)), 201)
  assert.equal(server.child.exitCode, 0)
  assert.equal(await postmaster(data), undefined)
})

test('Ctrl-C ends with 0; after kill -9 of the program PostgreSQL is adopted, after its own it recovers, and nothing is lost', async () => {
  const first = await begin(data)
  assert.doesNotMatch(first.said(), /set-up\?token/, 'there is an administrator already')
  assert.equal(await post(first, '/sessions', login), 201)
  assert.equal(await endServer(first, 'SIGINT'), 0)
  const second = await begin(data)
  await endServer(second, 'SIGKILL')
  const third = await begin(data)
  assert.match(third.said(), /was still running/)
  assert.equal(await post(third, '/sessions', login), 201)
  process.kill((await postmaster(data)) ?? 0, 'SIGKILL')
  const began = performance.now()
  while ((await post(third, '/sessions', login)) !== 201 || !third.said().includes('runs again')) {
    assert.ok(performance.now() - began < patienceMs, `not again after ${patienceMs} ms:\n${third.said()}`)
    await sleep(100)
  }
  assert.equal(await endServer(third), 0)
})

test('told to end while it starts, or by a terminal that is closed, it leaves no PostgreSQL behind either', async () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, '..', 'bin', 'start.ts'), '--empty'], {
      env: { ...process.env, HOLDFAST_DATA: data, PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const exited = once(child, 'exit')
    while ((await postmaster(data)) === undefined) assert.equal(child.exitCode, null, said)
    child.kill(signal)
    assert.deepEqual(await exited, [0, null], said)
    assert.doesNotMatch(said, /Ready|Error/)
    assert.equal(await postmaster(data), undefined)
  }
  const hungUp = await begin(data)
  const exited = once(hungUp.child, 'exit')
  hungUp.child.kill('SIGHUP')
  assert.deepEqual(await exited, [0, null])
  assert.equal(await postmaster(data), undefined)
})

test('a database of a newer version, demo logins for all the world, settings that cannot be: refused in a sentence', async () => {
  const postgres = await startEmbedded({ folder: data })
  const owner = await Connection.open(postgres.owner)
  await owner.script("insert into db.migration (number, name, sha256) values (9999, '9999_later_tables', 'x')")
  await owner.close()
  await postgres.stop()
  await Promise.all([
    refused(data, /newer than this program: it has migration 9999_later_tables/),
    refused(path.join(folder, 'demo'), /demo logins.*not on 0\.0\.0\.0.*HOLDFAST_HOST/, [], { HOLDFAST_HOST: '0.0.0.0' }),
    refused(path.join(folder, 'none'), /PORT: .*README/s, [], { PORT: '70000' }),
    refused(path.join(folder, 'none'), /no option --emtpy.*--empty/, ['--emtpy']),
    refused('/dev/null/data', /a part of its path is a file.*HOLDFAST_DATA/),
  ])
  assert.equal(await postmaster(data), undefined)
})

test("a PostgreSQL of the user's own: served from it, and left running", async () => {
  const theirs = await startEmbedded({ folder: path.join(folder, 'theirs') })
  const owner = await Connection.open(theirs.admin)
  await owner.script('create database book owner holdfast_owner')
  await owner.script('grant holdfast to holdfast_owner')
  const DATABASE_URL = `postgres://holdfast_owner@/book?host=${theirs.admin.host}`
  const where = path.join(folder, 'outside')
  const server = await begin(where, { DATABASE_URL })
  assert.equal(await post(server, '/set-up', admin(server)), 201)
  assert.equal(await endServer(server), 0)
  const again = await begin(where, { DATABASE_URL })
  assert.equal(await post(again, '/sessions', login), 201)
  assert.equal(await endServer(again), 0)
  assert.equal(await postmaster(where), undefined)
  await owner.script('select 1')
  await owner.close()
  await theirs.stop()
})

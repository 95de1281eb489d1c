import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmod, mkdtemp, open, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { endServer, type ServerProcess, startServer } from '#test/server-process'

// A disk of our own, which only root can have, and not everywhere.
const folder = await mkdtemp(path.join(tmpdir(), 'hf-full-'))
const mounted = process.getuid?.() === 0 && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400m', 'tmpfs', folder]).status === 0
const filler = path.join(folder, 'filler')
const patienceMs = 20_000
let server: ServerProcess | undefined
after(async () => {
  if (server) await endServer(server)
  if (mounted) spawnSync('umount', [folder])
  await rm(folder, { recursive: true, force: true })
})

let token = ''
interface Told {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly text: string
  readonly retryAfter: string | null
}
async function ask(target: string, body?: object, key?: string): Promise<Told> {
  const [method = '', route = ''] = target.split(' ')
  const reply = await fetch(`${server?.url}/api/v1${route}`, {
    method,
    headers: {
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(key ? { 'idempotency-key': key } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await reply.text()
  return { status: reply.status, body: JSON.parse(text) as Told['body'], text, retryAfter: reply.headers.get('retry-after') }
}
const move = (n: number): Promise<Told> => {
  const legs = [
    { account: 'a', amount: 5, unit: 'INR' },
    { account: 'b', amount: -5, unit: 'INR' },
  ]
  return ask('POST /ledger/transfers', { key: `move-${n}`, legs, reason: 'x'.repeat(400) }, `key-${n}`)
}
const posted = async (): Promise<unknown> => (await ask('GET /ledger/accounts/a')).body['posted']

/** Takes what is left of the disk, but for so much. */
async function fill(leaveBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const file = await open(filler, 'a')
  const chunk = Buffer.alloc(1024 * 1024)
  for (let left = bavail * bsize - leaveBytes; left > 0; left -= chunk.length)
    if ((await file.write(chunk.subarray(0, left)).catch(() => ({ bytesWritten: 0 }))).bytesWritten === 0) break
  await file.close()
}

/** Moves until one ends as wanted, and gives it with its number. */
async function until(status: number, from: number): Promise<{ readonly told: Told; readonly n: number }> {
  const began = performance.now()
  for (let n = from; ; n++) {
    const told = await move(n)
    if (told.status === status) return { told, n }
    assert.ok([201, 503].includes(told.status), told.text)
    assert.ok(performance.now() - began < patienceMs, `still ${told.status} after ${patienceMs} ms`)
    await sleep(20)
  }
}

async function begin(): Promise<void> {
  await chmod(folder, 0o755)
  server = await startServer(path.join(folder, 'data'), ['--empty'])
  const password = 'Monsoon over Pune 7'
  const invitation = /set-up\?token=(\S+)/.exec(server.said())?.[1]
  await ask('POST /set-up', { token: invitation, name: 'Asha', phone: '+919800000001', login: 'asha', password })
  token = String((await ask('POST /sessions', { login: 'asha', password })).body['accessToken'])
  for (const id of ['a', 'b']) await ask('POST /ledger/accounts', { id, code: 'full', unit: 'INR', side: 'debit', min: null })
}

test(
  'a disk that fills while running: writes are refused by name, reads go on, and with room again so do writes',
  { skip: !mounted },
  async () => {
    await begin()
    assert.equal((await move(1)).status, 201)
    await fill(0)
    const { told, n } = await until(503, 2)
    assert.deepEqual([told.body['code'], told.retryAfter], ['operations.disk_full', '30'])
    assert.match(String(told.body['detail']), /free space/)
    const before = await posted()
    assert.equal(before, (n - 1) * 5)
    const refused = await Promise.all(Array.from({ length: 200 }, (_, at) => move(n + 1 + at)))
    assert.ok(refused.every(({ body }) => body['code'] === 'operations.disk_full'))
    assert.equal(await posted(), before)
    await rm(filler)
    const again = await until(201, n)
    assert.equal(await posted(), before + 5)
    assert.equal((await move(again.n)).text, again.told.text)
    assert.match(server?.said() ?? '', /nearly full .* nothing is written[^]*has room again/)
  },
)

test('a disk that comes near its end is written to no more before PostgreSQL finds no room for its log', { skip: !mounted }, async () => {
  await fill(40_000_000)
  const { told, n } = await until(503, 10_000)
  assert.equal(told.body['code'], 'operations.disk_full')
  const { bavail, bsize } = await statfs(folder)
  assert.ok(bavail * bsize > 30_000_000, 'there is some room left')
  assert.equal(server?.child.exitCode, null)
  await rm(filler)
  await until(201, n)
  assert.doesNotMatch(server?.said() ?? '', /PostgreSQL had ended/)
})

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { endServer, startServer } from '#test/server-process'

const bin = path.join(import.meta.dirname, '..', 'bin')

test('bin/export beside the running server and without it, judged sound by bin/verify', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'hf-export-'))
  // PostgreSQL may run as another user than we do, who has to reach what lies inside.
  await chmod(folder, 0o755)
  const data = path.join(folder, 'data')
  const command = (file: string, ...args: readonly string[]): string => {
    const done = spawnSync(process.execPath, [path.join(bin, file), ...args], {
      encoding: 'utf8',
      env: { ...process.env, HOLDFAST_DATA: data },
    })
    assert.equal(done.status, 0, done.stdout + done.stderr)
    return done.stdout
  }
  const judge = (name: string): void => {
    const books = path.join(folder, name)
    command('export.ts', books)
    const outside = path.join(data, 'seal', 'checkpoints.txt')
    assert.match(command('verify.ts', books, '--key', path.join(books, 'public.pem'), '--checkpoints', outside), /SOUND/)
  }
  const server = await startServer(data, ['--empty'])
  const refused = await fetch(`${server.url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"login":"nobody","password":"not the right one"}',
  })
  assert.equal(refused.status, 401)
  await sealed(server.url)
  judge('beside')
  await endServer(server)
  judge('alone')
  await rm(folder, { recursive: true })
})

test('where no Holdfast is, nothing is exported, and none is made', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'hf-export-none-'))
  const env = { ...process.env, HOLDFAST_DATA: path.join(folder, 'data') }
  const done = spawnSync(process.execPath, [path.join(bin, 'export.ts'), path.join(folder, 'books')], { encoding: 'utf8', env })
  assert.equal(done.status, 1)
  assert.match(done.stderr, /data holds no Holdfast: name its folder in HOLDFAST_DATA/)
  assert.deepEqual(await readdir(folder), [])
  await rm(folder, { recursive: true })
})

/** Waits until something stands in the log: here the refusal's audit record. */
async function sealed(url: string): Promise<void> {
  for (let asked = 0; asked < 100; asked += 1) {
    const { seal } = (await (await fetch(`${url}/info`)).json()) as { seal: { size: number } }
    if (seal.size > 0) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  assert.fail('nothing was sealed within 10 s')
}

import assert from 'node:assert/strict'
import { chmod, cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { CannotStart } from '#kernel/db'
import { binaries, binariesIn } from './binaries.ts'
import { makeCluster } from './cluster.ts'
import { placeIn } from './place.ts'

const folder = await open('hf-place-')

/** Root's PostgreSQL runs as somebody else, who has to pass through. */
async function open(name: string): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), name))
  after(() => rm(made, { recursive: true, force: true }))
  await chmod(made, 0o755)
  return made
}

async function refusal(data: string): Promise<string> {
  const error = await placeIn(data).then(
    () => assert.fail(`${data} was taken`),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof CannotStart, String(error))
  return error.message
}

test('a folder whose path PostgreSQL cannot take is refused with what to do', async () => {
  assert.match(await refusal(path.join(folder, 'new\nline')), /line break/)
  const deep = path.join(folder, ...Array.from({ length: 5 }, () => 'x'.repeat(200)))
  assert.match(await refusal(deep), /at most 900 bytes.*HOLDFAST_DATA/s)
})

test('what cannot be mended by another owner is not told so', async () => {
  const nowhere = path.join(folder, 'nowhere')
  await symlink(path.join(folder, 'absent'), nowhere)
  for (const [data, told] of [
    [nowhere, /or a link to nowhere/],
    [path.join(folder, 'y'.repeat(300)), /too long a name/],
  ] as const) {
    const said = await refusal(data)
    assert.match(said, told)
    assert.doesNotMatch(said, /owner/)
  }
})

test('a comma parts the places of a socket, so a folder with one has it elsewhere', async () => {
  const place = await placeIn(path.join(folder, 'one, two'))
  assert.doesNotMatch(place.socketFolder, /,/)
  await rm(place.socketFolder, { recursive: true })
})

test('programs under a path that a shell would read make a cluster all the same', { timeout: 60_000 }, async () => {
  const data = await open('hf-quoted-')
  const copy = path.join(data, 'it"s $HOME `id` \\n')
  const found = await binaries()
  await cp(found.folder, copy, { recursive: true, verbatimSymlinks: true })
  const place = { ...(await placeIn(data)), binaries: binariesIn(copy, found.version) }
  // Left by a start that was killed: no process has this number.
  await mkdir(`${place.cluster}.making-4194999`)
  await mkdir(`${place.cluster}.making-${process.ppid}`)
  await makeCluster(place)
  assert.deepEqual(
    (await readdir(data)).filter((name) => name.startsWith('postgres')),
    ['postgres', `postgres.making-${process.ppid}`],
  )
})

test('whatever initdb says is told without a stack', async () => {
  const data = await open('hf-initdb-')
  const broken = path.join(data, 'initdb')
  await writeFile(broken, '#!/bin/sh\necho "error while loading shared libraries" >&2; exit 127\n', { mode: 0o755 })
  const place = await placeIn(data)
  await assert.rejects(makeCluster({ ...place, binaries: { ...place.binaries, initdb: broken } }), (error) => {
    assert.ok(error instanceof CannotStart, String(error))
    assert.match(error.message, /initdb ended with 127.*shared libraries/s)
    return true
  })
})

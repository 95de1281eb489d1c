import assert from 'node:assert/strict'
import { chmod, cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { CannotStart } from '#kernel/db'
import { binaries, binariesIn } from './binaries.ts'
import { makeCluster } from './cluster.ts'
import { placeIn } from './place.ts'
import { startPostmaster } from './postmaster.ts'

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

test('whatever initdb says is told without a stack, and so is by whom it or PostgreSQL was ended', async () => {
  const data = await open('hf-initdb-')
  const place = await placeIn(data)
  const program = path.join(data, 'program')
  const binaries = { ...place.binaries, initdb: program, postgres: program }
  for (const [script, start, told] of [
    ['echo "error while loading shared libraries" >&2; exit 127', makeCluster, /initdb ended with 127.*shared libraries/s],
    ['kill -9 $$', makeCluster, /initdb ended with SIGKILL/],
    [
      'echo "HINT: some data is corrupted"; kill -9 $$',
      startPostmaster,
      /ended by SIGKILL while it started\. Start again: nothing is lost/,
    ],
  ] as const) {
    await writeFile(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    await assert.rejects(start({ ...place, binaries }), (error) => {
      assert.ok(error instanceof CannotStart, String(error))
      assert.match(error.message, told)
      assert.doesNotMatch(error.message, /corrupted/)
      return true
    })
  }
})

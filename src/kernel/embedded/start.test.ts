import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { CannotStart, Connection, folderTrouble, sql } from '#kernel/db'
import { startEmbedded } from './start.ts'
import { isAlive } from './alive.ts'

const folder = await mkdtemp(path.join(tmpdir(), 'hf-embedded-'))
await chmod(folder, 0o755)
after(() => rm(folder, { recursive: true, force: true }))
const main = path.join(folder, 'main')
const isRoot = process.getuid?.() === 0

async function count(at: { readonly owner: Parameters<typeof Connection.open>[0] }): Promise<number> {
  const connection = await Connection.open(at.owner)
  const [row] = await connection.query<{ n: bigint }>(sql`select count(*) as n from keep.row`)
  await connection.close()
  return Number(row?.n)
}

function refusesWith(...patterns: RegExp[]): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof CannotStart, String(error))
    for (const pattern of patterns) assert.match(error.message, pattern)
    return true
  }
}

test('a first start makes the cluster with checksums, C collation, no TCP port and both roles; a second finds all', async () => {
  const postgres = await startEmbedded({ folder: main })
  const owner = await Connection.open(postgres.owner)
  const [row] = await owner.query(sql`
    select current_setting('data_checksums') as checksums, current_setting('listen_addresses') as tcp, current_setting('fsync') as fsync,
      (select datcollate from pg_database where datname = current_database()) as collation, current_user::text as role`)
  assert.deepEqual(row, { checksums: 'on', tcp: '', fsync: 'on', collation: 'C', role: 'holdfast_owner' })
  await owner.script('create schema keep; create table keep.row (n integer); insert into keep.row values (1)')
  await owner.close()
  await (await Connection.open(postgres.server)).close()
  await postgres.stop()
  assert.equal(isAlive(postgres.pid()), false)
  const again = await startEmbedded({ folder: main })
  assert.equal(await count(again), 1)
  await again.stop()
})

test('two starts on one folder, one after the other and both at once: one works, the other says who has it', async () => {
  const first = await startEmbedded({ folder: main })
  await assert.rejects(startEmbedded({ folder: main }), refusesWith(new RegExp(`process ${process.pid}`), /HOLDFAST_DATA/))
  assert.equal(await count(first), 1)
  await first.stop()
  const both = await Promise.allSettled([startEmbedded({ folder: main }), startEmbedded({ folder: main })])
  const won = both.filter((one) => one.status === 'fulfilled')
  assert.equal(won.length, 1, JSON.stringify(both))
  assert.equal(await count(won[0]?.value ?? first), 1)
  await won[0]?.value.stop()
})

/** Starts a program that starts PostgreSQL and adds a row, and kills it with -9. Gives the process of the PostgreSQL it leaves behind. */
async function leftByKilledProgram(row: number): Promise<number> {
  const program = `import { startEmbedded } from ${JSON.stringify(path.join(import.meta.dirname, 'start.ts'))}
    import { Connection } from ${JSON.stringify(import.meta.resolve('#kernel/db'))}
    const postgres = await startEmbedded({ folder: ${JSON.stringify(main)} })
    const owner = await Connection.open(postgres.owner)
    await owner.script('insert into keep.row values (${row})')
    console.log(postgres.pid())
    setInterval(() => undefined, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const pid = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())))
    child.once('exit', () => reject(new Error('the program ended before it had started PostgreSQL')))
  })
  child.kill('SIGKILL')
  await ended
  return pid
}

test('a program killed with -9 leaves PostgreSQL behind: the next start adopts it and has every row', async () => {
  const pid = await leftByKilledProgram(2)
  assert.equal(isAlive(pid), true)
  const said: string[] = []
  const postgres = await startEmbedded({ folder: main, say: (sentence) => said.push(sentence) })
  assert.equal(postgres.pid(), pid)
  assert.match(said.join(), /was still running/)
  assert.equal(await count(postgres), 2)
  await postgres.stop()
  assert.equal(isAlive(pid), false)
})

test('PostgreSQL killed with -9 is started again; killed over and over, the program is told', async () => {
  const said: string[] = []
  let gone: Error | undefined
  const postgres = await startEmbedded({ folder: main, say: (sentence) => said.push(sentence), onGone: (error) => (gone = error) })
  for (let round = 0; gone === undefined && round < 10; round++) {
    const pid = postgres.pid()
    process.kill(pid, 'SIGKILL')
    while (gone === undefined && postgres.pid() === pid) await sleep(20)
    if (round === 0) assert.equal(await count(postgres), 2)
  }
  assert.match(said[0] ?? '', /it runs again/)
  assert.match(gone?.message ?? '', /died 5 times within a minute/)
  await postgres.stop()
  await (await startEmbedded({ folder: main })).stop()
})

test('PostgreSQL that ended every session and went on is held again, so that no second program takes the folder', async () => {
  const postgres = await startEmbedded({ folder: main })
  const admin = await Connection.open(postgres.admin)
  const holders = sql`select count(*)::int as n from pg_locks where locktype = 'advisory' and granted`
  await admin.query(
    sql`select pg_terminate_backend(pid, ${5_000}) from pg_stat_activity where pid <> pg_backend_pid() and usename = 'postgres'`,
  )
  for (let looks = 0; (await admin.query<{ n: number }>(holders))[0]?.n !== 1; looks++) {
    assert.ok(looks < 100, 'nobody holds the folder')
    await sleep(50)
  }
  await admin.close()
  await assert.rejects(startEmbedded({ folder: main }), refusesWith(new RegExp(`process ${process.pid}`)))
  await postgres.stop()
})

test('a postmaster.pid whose number another process now has does not stop the start', async () => {
  await writeFile(path.join(main, 'postgres', 'postmaster.pid'), `${process.pid}\n${main}/postgres\n1\n5432\n${main}/run\n\n\nready\n`)
  await (await startEmbedded({ folder: main })).stop()
})

test('a copy of a folder that is in use starts beside it, and leaves the socket of the other alone', async () => {
  const copy = path.join(folder, 'copy')
  const postgres = await startEmbedded({ folder: main })
  await cp(main, copy, { recursive: true, preserveTimestamps: true, filter: (source) => !source.endsWith('.s.PGSQL.5432') })
  if (isRoot) spawnSync('chown', ['-R', '--reference', path.join(main, 'postgres'), path.join(copy, 'postgres'), path.join(copy, 'run')])
  await (await startEmbedded({ folder: copy })).stop()
  await stat(path.join(main, 'run', '.s.PGSQL.5432.lock'))
  await postgres.stop()
})

test('a PostgreSQL that ended and was never collected does not stop the start', { skip: process.platform !== 'linux' }, async () => {
  // The first sleep ends when the shell has long become the second, which collects nobody.
  // Of PostgreSQL's own user, for one of another's it would not take for itself.
  const { uid, gid } = await stat(path.join(main, 'postgres'))
  const as = isRoot ? { uid, gid } : {}
  const parent = spawn('sh', ['-c', 'sleep 1 & echo $!; exec sleep 30'], { ...as, cwd: '/', stdio: ['ignore', 'pipe', 'inherit'] })
  const zombie = await new Promise<number>((resolve) => parent.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString()))))
  while (isAlive(zombie)) await sleep(10)
  assert.doesNotThrow(() => process.kill(zombie, 0), 'it still has its number')
  await writeFile(path.join(main, 'postgres', 'postmaster.pid'), `${zombie}\n${main}/postgres\n1\n5432\n${main}/run\n\n\nready\n`)
  await writeFile(path.join(main, 'run', '.s.PGSQL.5432.lock'), `${zombie}\n${main}/postgres\n1\n5432\n${main}/run\n`)
  await (await startEmbedded({ folder: main })).stop()
  parent.kill()
})

test('PostgreSQL left running by another version of the program is started anew with our settings', async () => {
  const pid = await leftByKilledProgram(3)
  const opts = path.join(main, 'postgres', 'postmaster.opts')
  await writeFile(opts, (await readFile(opts, 'utf8')).replace('256MB', '128MB'))
  const said: string[] = []
  const postgres = await startEmbedded({ folder: main, say: (sentence) => said.push(sentence) })
  assert.match(said.join(), /another version/)
  assert.notEqual(postgres.pid(), pid)
  assert.equal(await count(postgres), 3)
  await postgres.stop()
})

test('a data folder too deep for a socket gets one elsewhere', async () => {
  const deep = path.join(folder, 'd'.repeat(120))
  const postgres = await startEmbedded({ folder: deep })
  assert.ok(postgres.server.host.startsWith('/tmp/holdfast-'))
  assert.equal((await stat(postgres.server.host)).mode & 0o077, 0)
  await (await Connection.open(postgres.server)).close()
  await postgres.stop()
  await rm(postgres.server.host, { recursive: true })
})

test('what is in the way is said with what to do: another version, a file in the path', async () => {
  const old = path.join(folder, 'old')
  await mkdir(path.join(old, 'postgres'), { recursive: true })
  await writeFile(path.join(old, 'postgres', 'PG_VERSION'), '17\n')
  await assert.rejects(startEmbedded({ folder: old }), refusesWith(/made by PostgreSQL 17; this program brings 18/, /HOLDFAST_DATA/))
  const file = path.join(folder, 'file')
  await writeFile(file, '')
  await assert.rejects(startEmbedded({ folder: path.join(file, 'data') }), refusesWith(/a part of its path is a file/, /HOLDFAST_DATA/))
})

test('what the system says of a folder becomes what to do about it', () => {
  for (const [code, told] of [
    ['EACCES', /not writable/],
    ['EROFS', /read-only/],
    ['EEXIST', /a file stands in its place/],
    ['ENOTEMPTY', /holds something else/],
    ['ENAMETOOLONG', /too long/],
    ['EDQUOT', /is full/],
  ] as const) {
    const trouble = folderTrouble('/data', Object.assign(new Error(code), { code }))
    assert.ok(refusesWith(/\/data/, told, /HOLDFAST_DATA|Free some space/)(trouble))
  }
  const unknown = new Error('something else')
  assert.equal(folderTrouble('/data', unknown), unknown)
})

test('a folder where the system makes none is called so, at once', { skip: process.platform !== 'linux', timeout: 10_000 }, async () => {
  const none = refusesWith(/\/proc\/holdfast cannot be made: the system makes no folders in \/proc\./, /HOLDFAST_DATA/)
  for (const place of ['/proc/holdfast', '/proc/holdfast/data']) await assert.rejects(startEmbedded({ folder: place }), none)
  const linked = path.join(folder, 'linked')
  await symlink('/proc', linked)
  await assert.rejects(startEmbedded({ folder: path.join(linked, 'holdfast') }), refusesWith(/linked\/holdfast cannot be made/))
})

test('a folder that may not be written to is called so', async () => {
  const locked = path.join(folder, 'locked')
  await mkdir(locked, { mode: 0o500 })
  // Root may write anywhere, but not where the kernel keeps its own.
  const forbidden = path.join(isRoot && process.platform === 'linux' ? '/sys' : locked, 'data')
  await assert.rejects(startEmbedded({ folder: forbidden }), refusesWith(/is not writable for this user|read-only/, /HOLDFAST_DATA/))
})

test('root is told about a folder that PostgreSQL, which runs as somebody else, may not pass through', { skip: !isRoot }, async () => {
  const closed = path.join(folder, 'closed')
  await mkdir(closed, { mode: 0o700 })
  await assert.rejects(
    startEmbedded({ folder: path.join(closed, 'data') }),
    refusesWith(/may not pass through \S+closed/, /chmod o\+x \S+closed/),
  )
})

test('a full disk is called so', { skip: !isRoot }, async (t) => {
  const full = path.join(folder, 'full')
  await mkdir(full)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=30m', 'tmpfs', full]).status !== 0) return t.skip('this machine lets nobody mount')
  try {
    await assert.rejects(startEmbedded({ folder: path.join(full, 'data') }), refusesWith(/disk .* is full/))
  } finally {
    spawnSync('umount', [full])
  }
})

import assert from 'node:assert/strict'
import { chmod, link, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection, sql } from '#kernel/db'
import { startEmbedded } from './start.ts'
import { logFile_bytes, logFileAfter, spareFiles } from './spare-log.ts'

const folder = await mkdtemp(path.join(tmpdir(), 'hf-spare-'))
await chmod(folder, 0o755)
after(() => rm(folder, { recursive: true, force: true }))
const log = path.join(folder, 'postgres', 'pg_wal')

const patience_ms = 30_000

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + patience_ms
  while (!(await holds())) {
    assert.ok(performance.now() < deadline, what)
    await sleep(50)
  }
}

/** Files whose names stand beyond the one that is written. */
async function ahead(connection: Connection): Promise<readonly string[]> {
  const files = await connection.query<{ name: string }>(
    sql`select name from pg_ls_waldir() where name > pg_walfile_name(pg_current_wal_insert_lsn()) and length(name) = 24 order by name`,
  )
  return files.map(({ name }) => name)
}

/** Ends the file in use and begins the next. */
async function goOn(connection: Connection): Promise<string> {
  await connection.query(sql`select pg_logical_emit_message(false, 'spare', 'row')`)
  await connection.query(sql`select pg_switch_wal()`)
  await connection.query(sql`select pg_logical_emit_message(false, 'spare', 'row')`)
  const [row] = await connection.query<{ name: string }>(sql`select pg_walfile_name(pg_current_wal_insert_lsn()) as name`)
  return row?.name ?? ''
}

test('the next file of the log has the next name, over both carries', () => {
  const cases: [name: string, ahead: number, expected: string][] = [
    ['000000010000000000000001', 1, '000000010000000000000002'],
    ['00000001000000000000000F', 1, '000000010000000000000010'],
    ['0000000100000000000000FE', 1, '0000000100000000000000FF'],
    ['0000000100000000000000FF', 1, '000000010000000100000000'],
    ['0000000A000000FF000000F5', 12, '0000000A0000010000000001'],
  ]
  for (const [name, by, expected] of cases) assert.equal(logFileAfter(name, by), expected)
})

test('files of the log are made ahead, PostgreSQL goes on in them, survives a kill among them, and a torn draft is nothing', async () => {
  const said: string[] = []
  const start = () => startEmbedded({ folder, spareLog: true, say: (sentence) => said.push(sentence) })
  const first = await start()
  let connection = await Connection.open(first.admin)
  const ready = async () => (await ahead(connection)).length >= spareFiles
  await until(ready, 'no files were made ahead')
  const made = new Map(
    await Promise.all((await ahead(connection)).map(async (name) => [name, (await stat(path.join(log, name))).ino] as const)),
  )
  const owner = (await stat(path.join(folder, 'postgres', 'PG_VERSION'))).uid
  for (const name of made.keys()) {
    const { size, mode, uid } = await stat(path.join(log, name))
    assert.deepEqual([size, mode & 0o777, uid], [logFile_bytes, 0o600, owner], name)
  }
  for (let file = 0; file < 3; file++) {
    const inUse = await goOn(connection)
    assert.equal((await stat(path.join(log, inUse))).ino, made.get(inUse), `${inUse} is not the file that was made ahead`)
  }
  await until(ready, 'no more were made')

  const killed = first.pid()
  process.kill(killed, 'SIGKILL')
  await until(async () => first.pid() !== killed, 'PostgreSQL was not started again')
  await connection.close()
  connection = await Connection.open(first.admin)
  await goOn(connection)
  await until(ready, 'none were made after PostgreSQL came back')
  await connection.close()
  await first.stop()

  // Killed between the two names of a file: the draft is the file that PostgreSQL has gone on to write.
  const [inUse = ''] = (await readdir(log)).filter((name) => name.length === 24).toSorted()
  await link(path.join(log, inUse), path.join(log, 'xlogtemp.holdfast'))
  const second = await start()
  connection = await Connection.open(second.admin)
  await until(ready, 'none were there after a second start')
  const [next = ''] = await ahead(connection)
  await rm(path.join(log, next))
  await until(async () => (await readdir(log)).includes(next), 'the one that was taken away was not made again')
  assert.equal((await stat(path.join(log, inUse))).nlink, 1, 'the file in use was filled with zeros as the next')
  await connection.close()
  await second.stop()
  assert.deepEqual(
    (await readdir(log)).filter((name) => name.startsWith('xlogtemp')),
    [],
  )
  assert.deepEqual(
    said.filter((sentence) => sentence.includes('spare')),
    [],
  )
})

test('an end does not wait for files that are still to be made, and leaves no half of one', async () => {
  const own = path.join(folder, 'ending')
  const database = await startEmbedded({ folder: own, spareLog: true })
  await database.stop()
  const files = await readdir(path.join(own, 'postgres', 'pg_wal'))
  const made = files.filter((name) => name.length === 24)
  // The one in use, and what was made in the moment between: all of them take three seconds.
  assert.ok(made.length < spareFiles, `${made.length} files were made before the end`)
  assert.deepEqual(
    files.filter((name) => name.startsWith('xlogtemp')),
    [],
  )
})

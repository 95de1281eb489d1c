import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { Pool } from '#kernel/db'
import { database } from '#test/database'
import { readiness } from './readiness.ts'

test('a database that answers is ready; one that hangs is told of within a second, and asked once however often', async () => {
  assert.equal(await readiness((await database()).pool)(), true)
  const folder = await mkdtemp(path.join(tmpdir(), 'hf-ready-'))
  const sessions: Socket[] = []
  const silent = createServer((socket) => sessions.push(socket.on('error', () => undefined)))
  silent.listen(path.join(folder, '.s.PGSQL.5432'))
  await once(silent, 'listening')
  const pool = new Pool({ host: folder, port: 5432, database: 'holdfast', user: 'holdfast' }, { wait_ms: 100 })
  const isReady = readiness(pool)
  assert.deepEqual(await Promise.all([isReady(), isReady(), isReady()]), [false, false, false])
  assert.equal(await isReady(), false)
  assert.equal(sessions.length, 1)
  // Ended, it is a database that is lost, and asked anew.
  for (const session of sessions) session.destroy()
  assert.equal(await isReady(), false)
  await pool.close()
  silent.close()
  await rm(folder, { recursive: true, force: true })
  assert.equal(await isReady(), false)
})

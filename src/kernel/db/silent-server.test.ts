import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { database } from '#test/database'
import { Connection } from './connection.ts'
import { sql } from './sql.ts'

const db = await database()
const patience_ms = 20_000

/** A way to the database that, from a moment on, takes everything and gives nothing back, not even its end: a machine that was unplugged. */
async function silentWay(): Promise<{ readonly host: string; hush(): void; close(): Promise<void> }> {
  const host = await mkdtemp(path.join(tmpdir(), 'hf-silent-'))
  const name = `.s.PGSQL.${db.server.port}`
  const open = new Set<Socket>()
  let silent = false
  const way = createServer({ allowHalfOpen: true }, (client) => {
    const there = connect(path.join(db.server.host, name))
    for (const socket of [client, there]) open.add(socket.on('error', () => undefined))
    client.on('data', (sent) => silent || there.write(sent))
    there.on('data', (answer) => silent || client.write(answer))
  })
  await new Promise<void>((resolve) => way.listen(path.join(host, name), resolve))
  return {
    host,
    hush: () => void (silent = true),
    async close() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => way.close(resolve))
      await rm(host, { recursive: true })
    },
  }
}

test('a session whose server says nothing any more is closed all the same, idle or with a statement under way', async () => {
  const way = await silentWay()
  const connections = await Promise.all([1, 2].map(() => Connection.open({ ...db.server, host: way.host })))
  const [idle, busy] = connections as [Connection, Connection]
  try {
    way.hush()
    const asked = busy.execute(sql`select 1`).then(
      () => 'answered',
      () => 'lost',
    )
    const closed = Promise.all([idle.close(), busy.close()]).then(() => 'closed')
    assert.equal(await Promise.race([closed, sleep(patience_ms, 'still open', { ref: false })]), 'closed')
    assert.equal(await asked, 'lost')
  } finally {
    await way.close()
  }
})

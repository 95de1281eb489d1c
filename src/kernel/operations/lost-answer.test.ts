import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { realClock } from '#kernel/clock'
import { Pool, sql } from '#kernel/db'
import { openAccount, transfer } from '#kernel/ledger'
import { database } from '#test/database'
import { Executor, type Operation, type Principal } from './index.ts'

const db = await database()
const admin: Principal = { id: 'person_admin', name: 'Admin', kind: 'person', roles: ['admin'] }
const shape = { code: 'test', unit: 'INR', side: 'debit' as const, min: null }

/** A way to the database that carries a commit there and nothing of its answer back, as often as told. */
async function losingWay(): Promise<{ folder: string; lose: (times: number) => void; close: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hf-way-'))
  const name = `.s.PGSQL.${db.server.port}`
  const open = new Set<Socket>()
  let left = 0
  const way = createServer((client) => {
    const server = connect(path.join(db.server.host, name))
    let losing = false
    for (const socket of [client, server]) open.add(socket.on('error', () => undefined))
    client.on('data', (sent) => {
      // The name under which every session prepares it, or its text the first time.
      if (left > 0 && (sent.includes('commit') || sent.includes(sql`commit`.name ?? ''))) {
        left -= 1
        losing = true
      }
      server.write(sent)
    })
    server.on('data', (answer) => (losing ? client.destroy() : client.write(answer)))
    client.on('close', () => server.end())
    server.on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => way.listen(path.join(folder, name), resolve))
  return {
    folder,
    lose: (times) => (left = times),
    close: async () => {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => way.close(resolve))
      await rm(folder, { recursive: true })
    },
  }
}

test('an answer to a commit that is lost: without a key it is told so, with a key the next try finds it done', async () => {
  const way = await losingWay()
  const pool = new Pool({ ...db.server, host: way.folder }, { connections: 4 })
  const executor = new Executor({ pool, clock: realClock() })
  let calls = 0
  const submit = <I, A>(operation: Operation<I, A>, input: I, key?: string) =>
    executor.submit({ operation, input, principal: admin, key, requestId: `req_${++calls}` })
  try {
    for (const id of ['from', 'to']) assert.equal((await submit(openAccount, { id, ...shape })).status, 201)

    way.lose(1)
    const untold = await submit(openAccount, { id: 'unknown', ...shape })
    assert.deepEqual([untold.status, untold.fault], [503, 'operations.outcome_unknown'])
    assert.equal((await db.pool.query(sql`select from ledger.account where id = 'unknown'`)).length, 1)

    way.lose(2)
    const legs = [
      { account: 'to', amount: 5, unit: 'INR' },
      { account: 'from', amount: -5, unit: 'INR' },
    ]
    const found = await submit(transfer, { key: 'once', legs }, 'key-once')
    assert.deepEqual([found.status, found.replayed], [201, true])
    assert.deepEqual(await db.pool.query(sql`select posted from ledger.account where id = 'to'`), [{ posted: 5n }])
  } finally {
    await executor.drain()
    await pool.close()
    await way.close()
  }
})

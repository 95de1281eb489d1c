import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { database } from '#test/database'
import { shakyWay } from '#test/shaky-way'
import type { Connection } from './connection.ts'
import { isRetryable, Outage, sqlState } from './outage.ts'
import { Pool } from './pool.ts'
import { sql } from './sql.ts'
import { inTransaction } from './transaction.ts'

const db = await database({ ownCluster: true })
await (async () => {
  const owner = new Pool(db.owner)
  await owner.withConnection((connection) =>
    connection.script(`create schema pool; grant usage on schema pool to holdfast; create table pool.box (id text primary key, n bigint not null);
      grant select, insert, update on pool.box to holdfast; insert into pool.box values ('a', 0), ('b', 0)`),
  )
  await owner.close()
})()

const add = (id: string, n: bigint) => sql`update pool.box set n = n + ${n} where id = ${id}`
const total = async (): Promise<bigint> => (await db.pool.query<{ n: bigint }>(sql`select sum(n)::bigint as n from pool.box`))[0]?.n ?? -1n

test('no more sessions than allowed, callers served in order, and a bounded wait', async () => {
  const pool = new Pool(db.server, { connections: 2, wait_ms: 200 })
  const served: number[] = []
  await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      pool.withConnection(async (connection) => {
        assert.ok(pool.counts.open <= 2)
        await connection.query(sql`select pg_sleep(${'0.005'}::float8)`)
        served.push(index)
      }),
    ),
  )
  assert.deepEqual(
    served.toSorted((a, b) => a - b),
    Array.from({ length: 12 }, (_, index) => index),
  )
  assert.ok(served.indexOf(11) > served.indexOf(2))
  const held = [await pool.acquire(), await pool.acquire()]
  await assert.rejects(pool.acquire(), (error) => error instanceof Outage && error.reason === 'pool_full')
  for (const connection of held) pool.release(connection)
  assert.deepEqual(pool.counts, { open: 2, busy: 0, waiting: 0 })
  await pool.close()
  await assert.rejects(pool.acquire(), (error) => error instanceof Outage && error.reason === 'pool_closed')
})

test('a session left inside a transaction is not lent again', async () => {
  const pool = new Pool(db.server, { connections: 1 })
  let first: Connection | undefined
  await pool.withConnection(async (connection) => {
    first = connection
    await connection.begin()
    await connection.execute(add('a', 1_000n))
  })
  await pool.withConnection(async (connection) => assert.notEqual(connection, first))
  await pool.close()
  assert.equal(await total(), 0n)
})

test('a transaction commits what it returns and rolls back what it throws', async () => {
  assert.equal(await inTransaction(db.pool, (c) => c.execute(add('a', 1n))), 1)
  const refusal = new Error('refused')
  await assert.rejects(
    inTransaction(db.pool, async (c) => {
      await c.execute(add('a', 1n))
      throw refusal
    }),
    refusal,
  )
  await assert.rejects(
    inTransaction(db.pool, async (c) => {
      await c.execute(sql`select 1 / ${0}::integer`).catch(() => undefined)
    }),
    /rolled the transaction back/,
  )
  await assert.rejects(
    inTransaction(db.pool, (c) => c.execute(add('a', 1n)), { readOnly: true }),
    (error) => sqlState(error) === '25006',
  )
  assert.equal(await total(), 1n)
  await db.pool.execute(add('a', -1n))
})

test('two transactions that lock in opposite order both get done, by running one again', async () => {
  let runs = 0
  const both = (first: string, second: string) =>
    inTransaction(db.pool, async (c) => {
      runs++
      await c.execute(add(first, 1n))
      await c.query(sql`select pg_sleep(${'0.05'}::float8)`)
      await c.execute(add(second, 1n))
    })
  await Promise.all([both('a', 'b'), both('b', 'a')])
  assert.equal(runs, 3)
  assert.equal(await total(), 4n)
})

test('the server killed under load: transactions lost before commit run again, an unknown commit is told, and the pool goes on', async () => {
  const before = await total()
  let committed = 0n
  let unknown = 0n
  let stop = false
  const caller = async (): Promise<void> => {
    while (!stop) {
      await inTransaction(db.pool, (c) => c.execute(add('a', 1n)), { attempts: 20 }).then(
        () => (committed += 1n),
        (error: unknown) => {
          assert.ok(error instanceof Outage && error.reason === 'commit_unknown', String(error))
          unknown += 1n
        },
      )
    }
  }
  const callers = Array.from({ length: 6 }, caller)
  for (let round = 0; round < 2; round++) {
    const pid = db.postgres.pid()
    const was = committed
    while (committed < was + 20n) await new Promise((resolve) => setTimeout(resolve, 5))
    process.kill(pid, 'SIGKILL')
    while (db.postgres.pid() === pid) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const was = committed
  while (committed < was + 20n) await new Promise((resolve) => setTimeout(resolve, 5))
  stop = true
  await Promise.all(callers)
  const gained = (await total()) - before
  assert.ok(gained >= committed && gained <= committed + unknown, `${gained} gained, ${committed} acknowledged, ${unknown} unknown`)
})

test('a table that gains a column under a prepared statement costs one session, not an error', async () => {
  const pool = new Pool(db.server, { connections: 1 })
  const all = sql`select * from pool.box where id = ${'a'}`
  await pool.query(all)
  const owner = new Pool(db.owner)
  await owner.withConnection((connection) => connection.script('alter table pool.box add column note text'))
  await owner.close()
  const [row] = await inTransaction(pool, (connection) => connection.query<{ note: string | null }>(all))
  assert.equal(row?.note, null)
  await pool.close()
})

test('a session that opens after its caller gave up is the next one’s, and none is lost', async () => {
  const way = await shakyWay(db.server)
  const pool = new Pool(way.settings, { connections: 1, wait_ms: 300 })
  const lent = await pool.acquire()
  const gaveUp = assert.rejects(pool.acquire(), (error) => error instanceof Outage && error.reason === 'pool_full')
  way.cut(500)
  while (lent.usable) await sleep(5)
  pool.release(lent)
  await sleep(250)
  const next = pool.acquire()
  await gaveUp
  pool.release(await next)
  assert.deepEqual(pool.counts, { open: 1, busy: 0, waiting: 0 })
  await pool.close()
  await way.close()
})

test('which errors may be tried again', () => {
  const of = (code: string) => Object.assign(new Error(code), { code, severity: 'ERROR' })
  for (const code of ['40001', '40P01', '57P01', '57P02', '57P03', '08006', '53300', 'ECONNREFUSED', 'EPIPE'])
    assert.equal(isRetryable(of(code)), true, code)
  for (const code of ['23505', '22001', '42501', '57014', '25P02', 'ENOSPC']) assert.equal(isRetryable(of(code)), false, code)
  assert.equal(isRetryable(new Outage('commit_unknown', '')), false)
  assert.equal(isRetryable(new Outage('connection_lost', '')), true)
  assert.equal(isRetryable(undefined), false)
})

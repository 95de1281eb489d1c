import assert from 'node:assert/strict'
import { test } from 'node:test'
import { database } from '#test/database'
import { sqlState, violated } from './outage.ts'
import { bindKeys, bindRows, keys, rows, sql } from './sql.ts'
import { Connection } from './connection.ts'

const db = await database()

test('values arrive as the program wants them', async () => {
  const [row] = await db.pool.query<Record<string, unknown>>(sql`
    select 9007199254740993::bigint as big, 3::integer as small, 1.50::numeric as exact, true as yes, null::text as nothing,
      date '2026-01-31' as day, timestamptz '2026-01-31 23:30:00.1+05:30' as instant, timestamptz '2026-01-31 00:00:00+00' as midnight,
      '{"a": 9007199254740993}'::jsonb as document, '\\x00ff'::bytea as bytes, '7'::xid8 as writer,
      array[1, null, 9007199254740993]::bigint[] as bigs, array['a"b', 'c,d', 'NULL', null, '', 'e\\f']::text[] as texts, '{}'::text[] as none`)
  assert.deepEqual(row, {
    big: 9007199254740993n,
    small: 3,
    exact: '1.50',
    yes: true,
    nothing: null,
    day: '2026-01-31',
    instant: '2026-01-31T18:00:00.100000Z',
    midnight: '2026-01-31T00:00:00.000000Z',
    document: '{"a": 9007199254740993}',
    bytes: Buffer.from([0, 255]),
    writer: 7n,
    bigs: [1n, null, 9007199254740993n],
    texts: ['a"b', 'c,d', 'NULL', null, '', 'e\\f'],
    none: [],
  })
})

test('what is sent comes back: hostile texts in a value, an array, keys and rows', async () => {
  const texts = ['', '"', '\\', '{}', "';drop table x;--", 'NULL', 'नमस्ते 👋', 'a,b', '\n\t', '$1']
  assert.deepEqual(await db.pool.query(sql`select ${texts}::text[] as a, ${texts[4] ?? ''}::text as t`), [{ a: texts, t: texts[4] }])
  const found = await db.pool.query<{ k: string }>(bindKeys(sql`select k from unnest(${keys('text')}) k`, texts))
  assert.deepEqual(
    found.map(({ k }) => k),
    texts,
  )
  const given = texts.map((text, index) => ({
    t: text,
    n: BigInt(index) - 5n,
    f: index % 2 === 0,
    j: JSON.stringify({ text }),
    b: Buffer.from([index, 92, 34]),
  }))
  const set = sql`select x.t, x.n, x.f, x.j::text as j, x.b from ${rows({ t: 'text', n: 'bigint', f: 'boolean', j: 'json', b: 'bytea' })} x`
  assert.deepEqual(await db.pool.query(bindRows(set, given)), given)
  assert.deepEqual(await db.pool.query(bindRows(set, [])), [])
})

test('every type of a set-wise statement comes back as it went, at its ends and as null', async () => {
  const set = sql`select x.big, x.whole, x.small, x.at, x.day::text as day, x.note from ${rows({
    big: 'bigint',
    whole: 'integer',
    small: 'smallint',
    at: 'timestamptz',
    day: 'date',
    note: 'text',
  })} x`
  const given = [
    {
      big: 2n ** 63n - 1n,
      whole: 2 ** 31 - 1,
      small: 2 ** 15 - 1,
      at: '9999-12-31T23:59:59.999999Z',
      day: '9999-12-31',
      note: 'x'.repeat(200_000),
    },
    {
      big: -(2n ** 63n),
      whole: -(2 ** 31),
      small: -(2 ** 15),
      at: '1900-01-01T00:00:00.000001Z',
      day: '1900-03-01',
      note: '₹'.repeat(70_000),
    },
    { big: 0n, whole: 0, small: 0, at: '2024-02-29T12:00:00.500000Z', day: '2024-02-29', note: '' },
    { big: null, whole: null, small: null, at: null, day: null, note: null },
  ]
  assert.deepEqual(await db.pool.query(bindRows(set, given)), given)
  const [short] = await db.pool.query<{ at: string }>(
    bindRows(sql`select x.at from ${rows({ at: 'timestamptz' })} x`, [{ at: '2026-01-31T10:00:00Z' }]),
  )
  assert.equal(short?.at, '2026-01-31T10:00:00.000000Z')
})

test('a session compiles nothing and starts no workers: both cost more than a statement takes', async () => {
  const names = ['jit', 'max_parallel_workers_per_gather', 'TimeZone', 'search_path']
  const found = await db.pool.query<{ value: string }>(sql`select current_setting(name) as value from unnest(${names}::text[]) as name`)
  assert.deepEqual(
    found.map(({ value }) => value),
    ['off', '0', 'UTC', ''],
  )
})

test('a null byte is refused by the database and the session goes on', async () => {
  await db.pool.withConnection(async (connection) => {
    await assert.rejects(connection.query(sql`select ${'a\0b'}::text`), (error) => sqlState(error) === '22021')
    assert.equal(await connection.execute(sql`select 1`), 1)
  })
})

test('an error tells its statement and its constraint', async () => {
  const owner = await Connection.open(db.owner)
  await owner.script('create schema conn; create table conn.one (id text constraint one_id primary key)')
  await owner.execute(sql`insert into conn.one values (${'a'})`)
  await assert.rejects(owner.execute(sql`insert into conn.one values (${'a'})`), (error: Error & { statement?: string }) => {
    assert.equal(violated(error), 'one_id')
    assert.equal(error.statement, 'insert into conn.one values ($1)')
    return true
  })
  await owner.close()
})

test('statements pipeline, and an error in a transaction fails what is behind it, commit too', async () => {
  await db.pool.withConnection(async (connection) => {
    const outcomes = await Promise.allSettled([
      connection.begin(),
      connection.execute(sql`select 1`),
      connection.execute(sql`select 1 / ${0}::integer`),
      connection.execute(sql`select 2`),
      connection.commit(),
    ])
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected', 'rejected', 'rejected'],
    )
    assert.equal(connection.inTransaction, false)
    assert.equal(await connection.execute(sql`select 2`), 1)
  })
})

test('sessions run in UTC, search no schema, and end what is forgotten', async () => {
  const [row] = await db.pool.query(sql`
    select current_setting('timezone') as zone, current_setting('search_path') as path, current_setting('statement_timeout') as statement,
      current_setting('idle_in_transaction_session_timeout') as idle, current_user::text as role`)
  assert.deepEqual(row, { zone: 'UTC', path: '', statement: '30s', idle: '30s', role: 'holdfast' })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { database } from '#test/database'
import { bindCopy, Connection, copyInto, sql, sqlState } from './index.ts'

const db = await database()
const owner = await Connection.open(db.owner)
db.closing(() => owner.close())
await owner.script(`
  create table public.copied (pos bigint generated always as identity, id text primary key, n bigint, small smallint, ok boolean,
    at timestamptz, day date, bytes bytea, body json, tx xid8 default pg_current_xact_id());
  grant select, insert on public.copied to holdfast`)
const columns = {
  id: 'text',
  n: 'bigint',
  small: 'smallint',
  ok: 'boolean',
  at: 'timestamptz',
  day: 'date',
  bytes: 'bytea',
  body: 'json',
} as const
const whole = copyInto(['public', 'copied'], columns)
const ids = copyInto(['public', 'copied'], { id: 'text' })
const full = {
  id: 'a"\\\n\t₹ 😀',
  n: -(2n ** 63n),
  small: -7,
  ok: true,
  at: '2026-01-31T18:00:00.123456Z',
  day: '2024-02-29',
  bytes: Buffer.from([0, 255, 92]),
  body: '{"a": "\\u20b9"}',
}
const empty = { id: '', n: null, small: null, ok: null, at: null, day: null, bytes: null, body: null }

test('every type arrives as it was given, nulls too, and columns left out take their defaults', async () => {
  assert.equal(await db.pool.execute(bindCopy(whole, [full, empty])), 2)
  const rows = await db.pool.query<Record<string, unknown>>(sql`
    select id, n, small, ok, at, day, bytes, body, pos, tx is not null as written from public.copied order by pos`)
  assert.deepEqual(rows, [
    { ...full, pos: 1n, written: true },
    { ...empty, pos: 2n, written: true },
  ])
  assert.equal(await db.pool.execute(bindCopy(ids, [])), 0)
})

test('a copy takes its place among other statements; refused, it fails the transaction behind it and not the session', async () => {
  await db.pool.withConnection(async (connection) => {
    const sent = [
      connection.query(sql`begin`),
      connection.execute(bindCopy(ids, [{ id: 'one' }, { id: 'two' }])),
      connection.query<{ n: number }>(sql`select count(*)::int as n from public.copied where id in ('one', 'two')`),
      connection.execute(bindCopy(ids, [{ id: 'three' }, { id: 'one' }])),
      connection.execute(bindCopy(ids, [{ id: 'four' }])),
      connection.commit(),
    ]
    const [, copied, seen, doubled, behind, committed] = await Promise.allSettled(sent)
    assert.deepEqual(
      [copied, seen],
      [
        { status: 'fulfilled', value: 2 },
        { status: 'fulfilled', value: [{ n: 2 }] },
      ],
    )
    assert.equal(doubled?.status === 'rejected' && sqlState(doubled.reason), '23505')
    assert.equal(behind?.status === 'rejected' && sqlState(behind.reason), '25P02')
    assert.equal(committed?.status, 'rejected')
    assert.deepEqual(await connection.query(sql`select id from public.copied where length(id) between 1 and 5`), [])
    assert.equal(await connection.execute(bindCopy(ids, [{ id: 'five' }])), 1)
  })
})

test('what a column cannot hold is refused before anything is sent', () => {
  assert.throws(() => bindCopy(ids, [{ id: {} }]), TypeError)
  assert.throws(() => bindCopy(ids, [{}]), /row 0 of a copy has no id/)
  assert.throws(() => bindCopy(whole, [{ ...full, small: 40_000 }]), RangeError)
  assert.throws(() => copyInto(['public', 'copied'], { id: 'numeric' }), TypeError)
  assert.throws(() => copyInto(['public', 'copied"'], { id: 'text' }), TypeError)
})

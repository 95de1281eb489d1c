import assert from 'node:assert/strict'
import { test } from 'node:test'
import { database } from '#test/database'
import { bindCopy, bindRows, Connection, copyInto, Outage, rows, sql, sqlState } from './index.ts'

const db = await database()
const owner = await Connection.open(db.owner)
db.closing(() => owner.close())
await owner.script(`
  create table public.piped (id text primary key, n bigint not null check (n >= 0));
  grant select, insert, update on public.piped to holdfast`)

const begin = sql`begin`
const count = sql`select count(*)::int as n from public.piped`
const insert = copyInto(['public', 'piped'], { id: 'text', n: 'bigint' })
const raise = sql`update public.piped p set n = p.n + x.n from ${rows({ id: 'text', n: 'bigint' })} x where p.id = x.id returning p.id, p.n`
const codes = (settled: readonly PromiseSettledResult<unknown>[]) =>
  settled.map((one) => (one.status === 'fulfilled' ? 'ok' : (sqlState(one.reason) ?? (one.reason as Error).name)))

test('what is piped in one tick is answered in order, each with its own rows, and commits', async () => {
  await db.pool.withConnection(async (connection) => {
    for (const round of [1, 2]) {
      const answers = await Promise.all([
        connection.piped(begin),
        connection.piped(
          bindCopy(insert, [
            { id: `a${round}`, n: 1n },
            { id: `b${round}`, n: 2n },
          ]),
        ),
        connection.piped(bindRows(raise, [{ id: `a${round}`, n: 10n }])),
        connection.piped(sql`select id from public.piped where id = 'nobody'`),
        connection.piped(
          sql`select ${'x"\\\n₹'}::text as text, null::text as nothing, ${5n}::bigint as big, ${true}::bool as yes, ${['a"b', String.raw`c\d`, 'NULL', null, '']}::text[] as texts, ${Buffer.from([0, 92])}::bytea as bytes`,
        ),
        connection.piped(count),
        connection.commit(),
      ])
      const texts = ['a"b', String.raw`c\d`, 'NULL', null, '']
      const told = [{ text: 'x"\\\n₹', nothing: null, big: 5n, yes: true, texts, bytes: Buffer.from([0, 92]) }]
      assert.deepEqual(answers, [[], [], [{ id: `a${round}`, n: 11n }], [], told, [{ n: round * 2 }], undefined])
      assert.equal(connection.inTransaction, false)
    }
  })
})

test('behind an error the rest is passed over, a commit too, and the session is as good as before', async () => {
  await db.pool.withConnection(async (connection) => {
    // Never sent before: PostgreSQL does not hear of them, and must be told of them again.
    const behind = [sql`select 1 as first_behind`, sql`select 2 as second_behind`] as const
    const copied = copyInto(['public', 'piped'], { n: 'bigint', id: 'text' })
    const cases = [
      [bindCopy(insert, [{ id: 'a1', n: 1n }]), '23505'],
      [bindRows(raise, [{ id: 'a1', n: -100n }]), '23514'],
      [sql`select 1 / 0 as n`, '22012'],
      [sql`select nothing from public.piped`, '42703'],
    ] as const
    for (const [wrong, code] of cases) {
      const sent = [begin, bindRows(raise, [{ id: 'b1', n: 1n }]), wrong, behind[0], bindCopy(copied, [{ id: 'c', n: 1n }]), behind[1]]
      const settled = await Promise.allSettled<unknown>([...sent.map((statement) => connection.piped(statement)), connection.commit()])
      assert.deepEqual(codes(settled), ['ok', 'ok', code, '25P02', '25P02', '25P02', '25P02'])
      assert.equal(connection.inTransaction, true)
      await connection.rollback()
      await connection.begin()
      const after = await Promise.all([...behind, bindCopy(copied, []), count].map((statement) => connection.piped(statement)))
      assert.deepEqual(after, [[{ first_behind: 1 }], [{ second_behind: 2 }], [], [{ n: 4 }]])
      await connection.rollback()
    }
    assert.deepEqual(await connection.query(sql`select n from public.piped where id = 'b1'`), [{ n: 2n }])
  })
})

test('a statement sent by itself leaves after what was piped before it', async () => {
  await db.pool.withConnection(async (connection) => {
    const piped = [connection.piped(begin), connection.piped(bindCopy(insert, [{ id: 'order', n: 1n }]))]
    const [found] = await connection.query<{ n: number }>(count)
    await Promise.all(piped)
    await connection.rollback()
    assert.deepEqual(found, { n: 5 })
  })
})

test('a session that is ended before its commit has surely not committed; afterwards nothing goes through it', async () => {
  const connection = await Connection.open(db.owner)
  const [own] = await connection.query<{ pid: number }>(sql`select pg_backend_pid() as pid`)
  const slow = Promise.allSettled<unknown>([
    connection.piped(begin),
    connection.piped(sql`select pg_sleep(20)`),
    connection.piped(count),
    connection.commit(),
  ])
  await owner.query(sql`select pg_sleep(0.2)`)
  await owner.query(sql`select pg_terminate_backend(${own?.pid ?? 0})`)
  assert.deepEqual(codes(await slow), ['ok', '57P01', '25P02', '25P02'])
  assert.equal(connection.usable, false)
  await assert.rejects(connection.piped(count), (error) => error instanceof Outage && error.reason === 'connection_lost')
  await assert.rejects(connection.commit(), (error) => error instanceof Outage && error.reason === 'commit_unknown')
  await connection.close()
})

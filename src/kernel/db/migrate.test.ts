import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { database } from '#test/database'
import { Connection } from './connection.ts'
import { describeSchema } from './describe-schema.ts'
import { migrate, waitingOf } from './migrate.ts'
import { readMigrations } from './migration-files.ts'
import { sqlState } from './outage.ts'
import { sql } from './sql.ts'

const db = await database()
const root = path.join(import.meta.dirname, '..', '..', '..')
const real = await readMigrations(path.join(root, 'db', 'migrations'))
const last = real.at(-1)?.number ?? 0

function migration(number: number, name: string, text: string) {
  return { number, name, text, sha256: createHash('sha256').update(text).digest('hex') }
}

test('the picture shows columns, constraints, indexes, triggers, functions, types and grants', async () => {
  const connection = await Connection.open((await database()).owner)
  const before = await describeSchema(connection)
  await connection.script(`
    create schema pic; grant usage on schema pic to holdfast; create type pic.mood as enum ('sad', 'ok'); create domain pic.paisa as bigint check (value >= 0);
    create table pic.a (id bigint generated always as identity primary key, day date not null default '2026-01-01', m pic.mood, p pic.paisa,
      twice bigint generated always as (2 * p) stored) with (fillfactor = 70);
    create unique index a_day on pic.a (day) where p > 0; grant select, insert on pic.a to holdfast; grant update (p) on pic.a to holdfast;
    create table pic.part (at timestamptz not null) partition by range (at);
    create table pic.part_1 partition of pic.part for values from ('2026-01-01') to ('2026-02-01');
    create view pic.v as select id from pic.a;
    create function pic.f() returns trigger language plpgsql as 'begin return new; end';
    create trigger t before insert on pic.a for each row execute function pic.f();`)
  const made = await describeSchema(connection)
  assert.notEqual(made, before)
  for (const line of [
    'schema pic\n  grant usage to holdfast\n',
    'enum pic.mood: sad, ok\n',
    'domain pic.paisa bigint CHECK ((VALUE >= 0))\n',
    'table pic.a with (fillfactor=70)\n  grant insert, select to holdfast\n  id bigint not null generated always as identity\n',
    "  day date not null default '2026-01-01'::date\n  m pic.mood\n  p pic.paisa grant holdfast=w/holdfast_owner\n",
    'generated always as ((2 * (p)::bigint)) stored\n',
    '  constraint a_pkey PRIMARY KEY (id)\n  create UNIQUE INDEX a_day ON pic.a USING btree (day) WHERE ((p)::bigint > 0)\n',
    '  CREATE TRIGGER t BEFORE INSERT ON pic.a',
    'table pic.part partition by RANGE (at)\n',
    "table pic.part_1 of pic.part FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2026-02-01 00:00:00+00')\n",
    'view pic.v as\n',
    'CREATE OR REPLACE FUNCTION pic.f()',
  ]) {
    assert.ok(made.includes(line), `${line} is not in:\n${made.slice(made.indexOf('schema pic'))}`)
  }
  await connection.script('drop schema pic cascade')
  assert.equal(await describeSchema(connection), before)
  await connection.close()
})

test('new files are applied in order, once, though five start at the same time', async () => {
  const at = (await database()).owner
  const next = [
    ...real,
    migration(last + 1, 'z_one', 'create schema z; create table z.t (n integer)'),
    migration(last + 2, 'z_two', 'insert into z.t values (1)'),
  ]
  const runs = await Promise.all(Array.from({ length: 5 }, () => migrate(at, next)))
  assert.deepEqual(
    runs.flatMap(({ applied }) => applied),
    ['z_one', 'z_two'],
  )
  const connection = await Connection.open(at)
  assert.deepEqual(await connection.query(sql`select n from z.t`), [{ n: 1 }])
  await connection.close()
})

test('a file that fails leaves nothing of itself, and those before it stand', async () => {
  const at = (await database()).owner
  const next = [
    ...real,
    migration(last + 1, 'y_one', 'create schema y'),
    migration(last + 2, 'y_two', 'create table y.t (n integer); select 1/0'),
  ]
  await assert.rejects(migrate(at, next), /migration y_two failed and left nothing behind: division by zero/)
  const connection = await Connection.open(at)
  assert.deepEqual(await connection.query(sql`select name from db.migration where name like ${'y%'}`), [{ name: 'y_one' }])
  assert.deepEqual(await connection.query(sql`select to_regclass('y.t')::text as t`), [{ t: null }])
  await connection.close()
})

test('a newer database, a changed file and a late number are refused with what to do', () => {
  const [one, two, three] = [migration(1, '0001_a_x', 'a'), migration(2, '0002_a_x', 'b'), migration(3, '0003_a_x', 'c')]
  assert.deepEqual(waitingOf([one], [one, two, three]), [two, three])
  assert.deepEqual(waitingOf([], []), [])
  assert.throws(() => waitingOf([one, two], [one]), /newer than this program: it has migration 0002_a_x/)
  assert.throws(() => waitingOf([one], [migration(1, '0001_a_x', 'A')]), /changed after/)
  assert.throws(() => waitingOf([one, three], [one, two, three]), /0002_a_x comes before 0003_a_x/)
})

test('files out of form, or with one number, are refused by name', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'hf-migrations-'))
  await writeFile(path.join(folder, '0001_a_x.sql'), 'select 1')
  assert.equal((await readMigrations(folder))[0]?.name, '0001_a_x')
  await writeFile(path.join(folder, '0001_b_y.sql'), 'select 1')
  await assert.rejects(readMigrations(folder), /0001_a_x.sql and 0001_b_y.sql have one number/)
  await rm(path.join(folder, '0001_b_y.sql'))
  await writeFile(path.join(folder, '2_b.sql'), 'select 1')
  await assert.rejects(readMigrations(folder), /2_b.sql: a migration is called/)
  await rm(folder, { recursive: true })
})

test("the server's role may do nothing that no migration granted", async () => {
  await assert.rejects(
    db.pool.execute(sql`insert into db.migration (number, name, sha256) values (9999, 'x', 'x')`),
    (e) => sqlState(e) === '42501',
  )
  await assert.rejects(db.pool.execute(sql`create schema mine`), (error) => sqlState(error) === '42501')
  await assert.rejects(db.pool.execute(sql`create table public.mine (n integer)`), (error) => sqlState(error) === '42501')
})

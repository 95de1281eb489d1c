import assert from 'node:assert/strict'
import { test } from 'node:test'
import { database } from '#test/database'
import { CannotStart } from './cannot-start.ts'
import { Connection } from './connection.ts'
import { useExternal } from './external.ts'
import { migrate } from './migrate.ts'
import { sqlState } from './outage.ts'
import { settingsOf } from './settings.ts'
import { sql } from './sql.ts'

// The embedded server plays a server of somebody else's, whose sign-in owns a database and nothing more.
const db = await database({ ownCluster: true })
const url = `postgres://holdfast_owner@/theirs?host=${encodeURIComponent(db.server.host)}`

async function asAdmin(text: string): Promise<void> {
  const admin = await Connection.open(db.postgres.admin)
  await admin.script(text)
  await admin.close()
}

function refusesWith(pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof CannotStart, String(error))
    assert.match(error.message, pattern)
    return true
  }
}

test('a URL is read whole, and what is wrong with one is said without its password', () => {
  assert.deepEqual(settingsOf('postgres://me:p%40ss@db.example.com:6432/book?sslmode=require'), {
    host: 'db.example.com',
    port: 6432,
    database: 'book',
    user: 'me',
    password: 'p@ss',
    tls: true,
  })
  assert.deepEqual(settingsOf('postgresql://me@/book?host=/run/pg'), {
    host: '/run/pg',
    port: 5432,
    database: 'book',
    user: 'me',
    tls: false,
  })
  for (const bad of ['', 'me:secret@host/book', 'mysql://me:secret@host/book', 'postgres://host/book', 'postgres://me:secret@host']) {
    assert.throws(
      () => settingsOf(bad),
      (error: Error) => error.message.includes('DATABASE_URL') && !error.message.includes('secret'),
      bad,
    )
  }
})

test("a server of the user's own: out of reach, unprepared, in another encoding, then in use under the server's role", async () => {
  await assert.rejects(useExternal('postgres://me:secret@127.0.0.1:1/book'), refusesWith(/ECONNREFUSED.*Check host, port/))
  await assert.rejects(useExternal(url), refusesWith(/"theirs" does not exist/))
  await asAdmin('create database theirs owner holdfast_owner')
  await assert.rejects(useExternal(url), refusesWith(/grant holdfast to/))
  await asAdmin('grant holdfast to holdfast_owner')
  await asAdmin("create database ascii owner holdfast_owner encoding 'SQL_ASCII' template template0")
  await assert.rejects(useExternal(url.replace('theirs', 'ascii')), refusesWith(/encoding is SQL_ASCII/))

  const theirs = await useExternal(url)
  const text =
    'create schema own; grant usage on schema own to holdfast; create table own.note (n integer); grant select, insert on own.note to holdfast'
  await migrate(theirs.owner, [{ number: 1, name: '0001_own_note', text, sha256: 'x' }])
  const connection = await Connection.open(theirs.server)
  assert.deepEqual(await connection.query(sql`select current_user::text as acting`), [{ acting: 'holdfast' }])
  await connection.execute(sql`insert into own.note values (${1})`)
  await assert.rejects(connection.execute(sql`update own.note set n = ${2}`), (error) => sqlState(error) === '42501')
  await connection.close()
  await theirs.stop()
})

test('a database that holds tables of others, or in which the user may make none, is refused before anything is written', async () => {
  const text = 'create schema own;\ncreate schema also;'
  const migrations = [{ number: 1, name: '0001_own_note', text, sha256: 'x' }]
  await asAdmin('create database others owner holdfast_owner')
  const at = { ...(await useExternal(url.replace('theirs', 'others'))).owner }
  const connection = await Connection.open(at)
  await connection.script('create schema also; create table also.theirs (n integer)')
  await assert.rejects(migrate(at, migrations), refusesWith(/a schema "also" that Holdfast did not make.*a database of its own/))
  assert.deepEqual(await connection.query(sql`select nspname::text as n from pg_namespace where nspname in ('own', 'db')`), [])
  await connection.script('drop schema also cascade')
  await connection.close()
  await asAdmin('alter database others owner to postgres')
  await assert.rejects(migrate(at, migrations), refusesWith(/may not make schemas.*grant create on database/))
  await asAdmin('revoke holdfast from holdfast_owner')
  await assert.rejects(useExternal(url), refusesWith(/may not act as the role "holdfast".*run: grant holdfast to/))
  await asAdmin('grant holdfast to holdfast_owner; grant create on database others to holdfast_owner')
  assert.deepEqual(await migrate(at, migrations), { applied: ['0001_own_note'] })
  assert.deepEqual(await migrate(at, migrations), { applied: [] })
})

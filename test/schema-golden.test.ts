import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { Connection, describeSchema } from '#kernel/db'
import { database } from '#test/database'

const db = await database()

test('db/schema.sql shows the database that the migrations make (else: node bin/run.cjs schema, and read the difference)', async () => {
  const connection = await Connection.open(db.owner)
  const made = await describeSchema(connection)
  await connection.close()
  assert.equal(await readFile(path.join(import.meta.dirname, '..', 'db', 'schema.sql'), 'utf8'), made)
})

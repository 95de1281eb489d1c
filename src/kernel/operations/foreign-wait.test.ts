import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realClock } from '#kernel/clock'
import { Connection } from '#kernel/db'
import { database } from '#test/database'
import { Group } from './group.ts'
import { Member } from './member.ts'

const db = await database()
const foreignWaitMs = 5_000

/** A group whose only body waits for something that never comes; begun while the files are read, so that a whole run need not wait for it. */
const connection = await Connection.open(db.server)
db.closing(() => connection.close())
const group = new Group(connection, realClock(), 'brisk')
const begun = performance.now()
void group.start(new Member(group, 'sample.waits', 'person_sample'), () => new Promise(() => undefined))
const ended = group.settle().then(
  () => ({ message: 'settled', after: 0 }),
  (error: unknown) => ({ message: error instanceof Error ? error.message : '', after: performance.now() - begun }),
)

test('a group whose body waits for anything but the database is given up after five seconds', async () => {
  const { message, after } = await ended
  assert.equal(message, `an operation waited ${foreignWaitMs} ms for something that is not the database`)
  assert.ok(after >= foreignWaitMs - 5, `${after} ms`)
})

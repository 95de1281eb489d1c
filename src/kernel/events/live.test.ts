import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { personRegistered } from '#kernel/identity'
import { system } from '#kernel/operations'
import { database } from '#test/database'
import { password, wholeProgram } from '#test/whole-program'
import { emit } from './index.ts'

const db = await database()
const whole = await wholeProgram(db)
const { ask, players, running } = whole
const patience_ms = 10_000

/** A stream as somebody, read to its end; `undefined` if it doesn't come to one in time. */
const stream = async (accessToken: string): Promise<string | undefined> => {
  const heard = ask(null, 'GET /api/v1/stream', { headers: { authorization: `Bearer ${accessToken}` } }).then(({ text }) => text)
  // A page listens for a while before anything happens.
  await sleep(500)
  return Promise.race([heard, sleep(patience_ms, undefined, { ref: false })])
}
const signedIn = async (login: string): Promise<string> =>
  String((await ask(null, 'POST /api/v1/sessions', { body: { login, password } })).body['accessToken'])

test('a stream ends with the right to it: signed out, deactivated, another role', async () => {
  const leaver = await signedIn('auditor')
  const left = stream(leaver)
  await sleep(600)
  await ask(null, 'DELETE /api/v1/sessions/current', { headers: { authorization: `Bearer ${leaver}` } })
  assert.match((await left) ?? 'it went on', /^retry: 2000\n\n/)
  const demoted = stream(players.credit_officer.token)
  const dismissed = stream(players.cashier.token)
  await sleep(600)
  await ask('admin', `PUT /api/v1/people/${players.credit_officer.id}/roles`, { body: { roles: ['borrower'] } })
  await ask('admin', `POST /api/v1/people/${players.cashier.id}/deactivation`, { body: { reason: 'left us' } })
  for (const ended of [demoted, dismissed]) assert.match((await ended) ?? 'it went on', /^retry: 2000\n\n/)
})

test('more changes at once than are read at a time are all told; of too many the listener looks at everything anew', async () => {
  const many = async (count: number): Promise<void> =>
    running.executor.transaction(async (session) => {
      const body = ({ tx }: { tx: Parameters<typeof emit>[0] }): void => {
        for (let at = 0; at < count; at++) emit(tx, personRegistered, `many_${at}`, { person: `many_${at}`, name: 'Many' })
      }
      await session.together([[{ principal: system('test'), body }]])
    })
  const token = await signedIn('admin')
  const heard = stream(token)
  await sleep(600)
  await many(1_201)
  await sleep(900)
  await ask(null, 'DELETE /api/v1/sessions/current', { headers: { authorization: `Bearer ${token}` } })
  assert.equal((await heard)?.match(/"key":"many_/g)?.length, 1_201)
  const sentAway = stream(players.admin.token)
  await sleep(600)
  await many(4_100)
  assert.match((await sentAway) ?? 'it went on', /^retry: 2000\n\n/)
})

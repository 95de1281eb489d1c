import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { realClock } from '#kernel/clock'
import { Connection, type Sql, sql } from '#kernel/db'
import { nobody, type PrepareContext } from '#kernel/operations'
import { database } from '#test/database'
import { password, secondProgram, type Whole, wholeProgram } from '#test/whole-program'
import { sessionOperations } from './sign-in.ts'
import { Tokens } from './token.ts'

const db = await database()
const whole = await wholeProgram(db)

interface Session {
  readonly id: string
  readonly accessToken: string
  readonly refreshToken: string
}
const signIn = async (): Promise<Session> =>
  (await whole.ask(null, 'POST /api/v1/sessions', { body: { login: 'cashier', password } })).body as unknown as Session
const refresh = async (refreshToken: string, { ask }: Whole = whole) => {
  const { status, code, body } = await ask(null, 'POST /api/v1/sessions/refresh', { body: { refreshToken } })
  return { status, code, ...(body as unknown as Session) }
}
const works = async (accessToken: string): Promise<number> =>
  (await whole.ask(null, 'GET /api/v1/people', { headers: { authorization: `Bearer ${accessToken}` } })).status

/** Many calls with one token are all answered alike, and the session goes on: with the successor, and until the old one comes again. */
async function goesOn(first: Session, heard: readonly Awaited<ReturnType<typeof refresh>>[]): Promise<void> {
  assert.deepEqual([...new Set(heard.map(({ status }) => status))], [201])
  const [successor = '', ...others] = new Set(heard.map(({ refreshToken }) => refreshToken))
  assert.deepEqual(others, [])
  assert.notEqual(successor, first.refreshToken)
  for (const { accessToken } of heard.slice(0, 3)) assert.equal(await works(accessToken), 200)
  const next = await refresh(successor)
  assert.equal(next.status, 201)
  assert.equal((await refresh(first.refreshToken)).code, 'identity.refresh_invalid')
  assert.equal((await refresh(next.refreshToken)).status, 401)
  assert.equal(await works(next.accessToken), 401)
}

test('sixty calls with one refresh token at the same moment: one successor for all, and the session goes on', async () => {
  const first = await signIn()
  await goesOn(first, await Promise.all(Array.from({ length: 60 }, () => refresh(first.refreshToken))))
})

test('two processes that are shown one token at the same moment answer alike', async () => {
  const second = await secondProgram(whole, db)
  const first = await signIn()
  const holder = await Connection.open(db.owner)
  try {
    // Whoever comes while the session's row is held has come before it is rotated.
    await holder.query(sql`begin`)
    await holder.query(sql`select id from identity.session where id = ${first.id} for update`)
    const calls = Array.from({ length: 12 }, (_, at) => refresh(first.refreshToken, at % 2 === 0 ? whole : second))
    await sleep(300)
    await holder.query(sql`rollback`)
    await goesOn(first, await Promise.all(calls))
  } finally {
    await holder.close()
  }
})

test('a token that was rotated away ends the session, however soon it comes again', async () => {
  const first = await signIn()
  const next = await refresh(first.refreshToken)
  assert.equal((await refresh(first.refreshToken)).code, 'identity.refresh_invalid')
  assert.deepEqual([(await refresh(next.refreshToken)).status, await works(next.accessToken)], [401, 401])
  const [ended] = await db.pool.query<{ why: string }>(sql`select ended_why as why from identity.session where id = ${first.id}`)
  assert.equal(ended?.why, 'a refresh token was used twice')
})

test('a call that came before the rotation is no reuse, though it looks only after', async () => {
  const clock = realClock()
  const operations = sessionOperations({ tokens: new Tokens(generateKeyPairSync('ed25519').privateKey), machine: clock, refreshGraceMs: 0 })
  const run = whole.running.executor.run(nobody, 'req_refresh')
  const { refreshToken } = await run(operations.signIn, { login: 'cashier', password })
  const ended: string[] = []
  const submit: PrepareContext['submit'] = (operation) => {
    ended.push(operation.name)
    return new Promise((resolve) => setImmediate(() => resolve({} as never)))
  }
  const looking = (meanwhile: () => Promise<unknown>) => {
    const read = async <Row extends object>(statement: Sql): Promise<readonly Row[]> => {
      await meanwhile()
      return db.pool.query<Row>(statement)
    }
    return operations.refresh.spec.prepare?.({ read, submit, clock, principal: nobody }, { refreshToken })
  }
  let quicker = ''
  const late = (await looking(async () => (quicker = (await run(operations.refresh, { refreshToken })).refreshToken))) as {
    readonly next: { readonly token: string }
  }
  assert.deepEqual([late.next.token, ended], [quicker, []])
  await sleep(5)
  await assert.rejects(async () => looking(async () => undefined), { code: 'identity.refresh_invalid' })
  assert.deepEqual(ended, ['identity.revoke_session'])
})

test('where the operator gives a grace, the token before is answered again within it; an older one is not', async () => {
  const patient = await secondProgram(whole, db, { HOLDFAST_REFRESH_GRACE: '30' })
  const first = await signIn()
  const second = await refresh(first.refreshToken, patient)
  const rotated = (): Promise<unknown> => db.pool.query(sql`select rotated_at from identity.session where id = ${first.id}`)
  const before = await rotated()
  assert.equal((await refresh(first.refreshToken, patient)).refreshToken, second.refreshToken)
  // Who comes again within the grace does not lengthen it.
  assert.deepEqual(await rotated(), before)
  const third = await refresh(second.refreshToken, patient)
  assert.equal((await refresh(second.refreshToken, patient)).refreshToken, third.refreshToken)
  assert.equal((await refresh(first.refreshToken, patient)).code, 'identity.refresh_invalid')
  assert.equal((await refresh(third.refreshToken, patient)).status, 401)
  const late = await signIn()
  await refresh(late.refreshToken, patient)
  const owner = await Connection.open(db.owner)
  await owner.query(sql`update identity.session set rotated_at = rotated_at - interval '31 seconds' where id = ${late.id}`)
  await owner.close()
  assert.equal((await refresh(late.refreshToken, patient)).status, 401)
})

test('successors are told by no hash, and differ between sessions', async () => {
  const [one, other] = [await signIn(), await signIn()]
  const [a, b] = [await refresh(one.refreshToken), await refresh(other.refreshToken)]
  assert.notEqual(a.refreshToken.split('.')[1], b.refreshToken.split('.')[1])
  const [kept] = await db.pool.query<{ refresh: string }>(sql`select refresh from identity.session where id = ${one.id}`)
  assert.ok(kept && !a.refreshToken.includes(kept.refresh) && !one.refreshToken.includes(kept.refresh))
})

import assert from 'node:assert/strict'
import { generateKeyPairSync, hash } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { realClock } from '#kernel/clock'
import { Connection, Pool, type Sql, sql, type Statement } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { Executor, nobody, system } from '#kernel/operations'
import { database } from '#test/database'
import { Authenticator, giveLogin, invite, register, Tokens } from './index.ts'
import { hashPassword } from './password.ts'
import { setUp } from './set-up.ts'
import { changePassword, sessionOperations, signOut } from './sign-in.ts'

const db = await database()
const clock = realClock()
const secretsKey = new Uint8Array(32).fill(7)
const executor = new Executor({ pool: db.pool, clock, secretsKey })
db.closing(() => executor.drain())
const run = executor.run(system('test'), 'req_test')
const tokens = new Tokens(generateKeyPairSync('ed25519').privateKey)
const { signIn } = sessionOperations({ tokens, machine: clock, refreshGraceMs: 0 })
const password = 'Monsoon over Pune'

let phones = 0
async function personWith(login: string): Promise<`person_${string}`> {
  const { id } = await run(register, { name: login, phone: `+9198001${String(++phones).padStart(5, '0')}` })
  await run(giveLogin, { person: id as `person_${string}`, login, password, roles: ['cashier'] }, { key: `login-${login}` })
  return id as `person_${string}`
}
const principal = (id: string, session = '') => ({ id, name: id, kind: 'person', roles: ['cashier'], session }) as const
const refusedWith =
  (...codes: readonly string[]) =>
  (error: unknown): boolean =>
    error instanceof Fault && codes.includes(error.code)

/** Changes a person's row while `asked` waits for it, after having compared the password. */
async function meanwhile(change: Sql, asked: () => Promise<unknown>): Promise<unknown> {
  const other = await Connection.open({ ...db.owner, application: 'meanwhile' })
  try {
    await other.execute(sql`begin`)
    await other.execute(change)
    const answer = asked().then(
      (done) => done,
      (refused: unknown) => refused,
    )
    for (let look = 0; look < 200; look++) {
      const [waits] = await other.query<{ n: number }>(
        sql`select count(*)::int as n from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))`,
      )
      if (waits?.n === 1) break
      await sleep(25)
    }
    await other.execute(sql`commit`)
    return await answer
  } finally {
    await other.close()
  }
}

test('a session does not begin with a password that is changed meanwhile, nor is one changed from it', async () => {
  const person = await personWith('racer')
  const next = await hashPassword('A much better secret')
  const change = sql`update identity.person set password = ${next} where id = ${person}`
  const late = await meanwhile(change, () => executor.run(nobody, 'req_1')(signIn, { login: 'racer', password }))
  assert.ok(refusedWith('identity.credentials_wrong')(late), String(late))
  const [sessions] = await db.pool.query<{ n: number }>(sql`select count(*)::int as n from identity.session where person = ${person}`)
  assert.equal(sessions?.n, 0)
  const again = sql`update identity.person set password = ${await hashPassword('Another good secret')} where id = ${person}`
  const input = { person, currentPassword: 'A much better secret', newPassword: 'The thief’s own secret' }
  const lost = await meanwhile(again, () => executor.run(principal(person), 'req_2')(changePassword, input))
  assert.ok(refusedWith('identity.credentials_wrong')(lost), String(lost))
  assert.equal((await executor.run(nobody, 'req_3')(signIn, { login: 'racer', password: 'Another good secret' })).person.id, person)
})

/** Answers of the database stay on their way until they are let through. */
class SlowPool extends Pool {
  held: Promise<void> = Promise.resolve()
  override async query<Row extends object>(statement: Statement): Promise<Row[]> {
    const rows = await super.query<Row>(statement)
    await this.held
    return rows
  }
}

test('who signed out while a call looked the session up is not believed for what that call had read', async () => {
  const person = await personWith('leaver')
  const pool = new SlowPool(db.server, { connections: 1 })
  try {
    const authenticator = new Authenticator(tokens, pool, clock)
    const { id, accessToken } = await executor.run(nobody, 'req_1')(signIn, { login: 'leaver', password })
    const credentials = { authorization: `Bearer ${accessToken}`, cookies: {}, site: 'safe' } as const
    const { promise, resolve } = Promise.withResolvers<void>()
    pool.held = promise
    const looking = authenticator.identify(credentials)
    await sleep(200)
    await executor.run(principal(person, id), 'req_2')(signOut, {})
    authenticator.forget()
    resolve()
    assert.equal((await looking)?.id, person)
    await assert.rejects(authenticator.identify(credentials), refusedWith('identity.session_ended'))
  } finally {
    await pool.close()
  }
})

const first = (token: string, login: string) => ({ token, name: login, phone: `+9198002${login.length}0000`, login, password })

test('of the links that starts without a login made, one makes an administrator; also of two used at once', async () => {
  const empty = await database()
  const started = [new Executor({ pool: empty.pool, clock }), new Executor({ pool: empty.pool, clock })]
  empty.closing(() => Promise.all(started.map((one) => one.drain())))
  const links = [await invite(empty.pool, clock.now()), await invite(empty.pool, clock.now()), await invite(empty.pool, clock.now())]
  const [a = '', b = '', c = ''] = links.map(String)
  const made = await Promise.allSettled(
    started.map((one, at) => one.run(nobody, 'req_1')(setUp, first([a, b][at] ?? '', ['alice', 'mallory'][at] ?? ''))),
  )
  const refused = made.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
  assert.equal(refused.length, 1)
  assert.ok(refusedWith('identity.already_set_up')(refused[0]), String(refused[0]))
  for (const token of [a, b, c])
    await assert.rejects(
      started[0]?.run(nobody, 'req_2')(setUp, first(token, 'eve')) ?? Promise.resolve(),
      refusedWith('identity.already_set_up'),
    )
  await assert.rejects(run(setUp, first('made-up', 'eve')), refusedWith('identity.invitation_invalid', 'operations.forbidden'))
})

test('no hash is kept from which a password could be guessed fast; the same call again is answered, another is refused', async () => {
  const person = await personWith('keyed')
  const asked = { person, login: 'keyed', password, roles: ['cashier' as const] }
  const [kept] = await db.pool.query<{ input: string }>(
    sql`select input from operations.answer where operation = 'identity.give_login' and key = 'login-keyed'`,
  )
  assert.equal(kept?.input.length, 64)
  assert.notEqual(kept.input, hash('sha256', JSON.stringify(asked)))
  const restarted = (key: Uint8Array) => new Executor({ pool: db.pool, clock, secretsKey: key }).run(system('test'), 'req_1')
  assert.equal((await restarted(secretsKey)(giveLogin, asked, { key: 'login-keyed' })).id, person)
  await assert.rejects(
    run(giveLogin, { ...asked, password: 'Another good secret' }, { key: 'login-keyed' }),
    refusedWith('operations.key_reused'),
  )
  await assert.rejects(restarted(new Uint8Array(32))(giveLogin, asked, { key: 'login-keyed' }), refusedWith('operations.key_reused'))
})

test('what is wrong costs as many commits, whether there is such a login, whether its person may sign in, or neither', async () => {
  const person = await personWith('retired')
  await db.pool.execute(sql`update identity.person set state = 'deactivated' where id = ${person}`)
  const noted = async (): Promise<number> => {
    const [all] = await db.pool.query<{ n: number }>(
      sql`select count(*)::int as n from audit.record where operation = 'identity.note_failure'`,
    )
    return all?.n ?? 0
  }
  const tried = [
    { login: 'racer', password: 'wrong' },
    { login: 'nobody.here', password: 'wrong' },
    { login: 'retired', password: 'wrong' },
    { login: 'retired', password },
  ]
  for (const input of tried) {
    const before = await noted()
    await assert.rejects(executor.run(nobody, 'req_1')(signIn, input), refusedWith('identity.credentials_wrong'))
    assert.equal(await noted(), before + 1, JSON.stringify(input))
  }
})

test('of a flood of passwords so many wait as can be hashed in a second or two; the others are told to come again', async () => {
  const flood = await Promise.allSettled(Array.from({ length: 200 }, (_, at) => hashPassword(`password ${at}`)))
  const hashed = flood.filter(({ status }) => status === 'fulfilled')
  assert.equal(hashed.length, 66)
  for (const one of flood) if (one.status === 'rejected') assert.ok(refusedWith('operations.overloaded')(one.reason))
  assert.match(await hashPassword('and then'), /^\$argon2id\$/)
})

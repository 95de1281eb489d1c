import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { database } from '#test/database'
import { password, wholeProgram } from '#test/whole-program'
import { Turns, UnknownLogins } from './slow-down.ts'

const db = await database()
const { ask, players } = await wholeProgram(db)

const guess = (login: string, at: number) => ({ login, password: `Guess number ${at} of many` })
/** Five are looked at, and a few more where the test is stopped for as long as they have to wait. */
function fewLookedAt(statuses: readonly number[]): void {
  const told = Map.groupBy(statuses, (status) => status)
  const [wrong, waited] = [401, 429].map((status) => told.get(status)?.length ?? 0)
  assert.equal((wrong ?? 0) + (waited ?? 0), 50, statuses.join())
  assert.ok(wrong !== undefined && wrong >= 5 && wrong < 9, `${wrong} were looked at`)
}

for (const login of ['cashier', 'nobody.at.all'])
  test(`fifty guesses at once for ${login}: five are looked at, the others wait`, async () => {
    const heard = await Promise.all(
      Array.from({ length: 50 }, (_, at) => ask(null, 'POST /api/v1/sessions', { body: guess(login, at) }).then(({ status }) => status)),
    )
    fewLookedAt(heard)
  })

for (const login of ['auditor', 'nobody.else'])
  test(`fifty guesses in one batch for ${login} count as fifty alone`, async () => {
    const calls = Array.from({ length: 50 }, (_, at) => ({
      id: `c${at}`,
      method: 'POST',
      path: '/api/v1/sessions',
      body: guess(login, at),
    }))
    const { body } = await ask('admin', 'POST /api/v1/batch', { body: { calls } })
    fewLookedAt((body['answers'] as readonly { status: number }[]).map(({ status }) => status))
  })

test('fifty guesses at once at a password of which one holds the session: the same', async () => {
  const heard = await Promise.all(
    Array.from({ length: 50 }, (_, at) =>
      ask('borrower', `PUT /api/v1/people/${players.borrower.id}/password`, {
        body: { currentPassword: `Guess number ${at}`, newPassword: 'Clouds over Nagpur' },
      }).then(({ status }) => status),
    ),
  )
  fewLookedAt(heard)
})

test('whoever knows the password signs in many times at once', async () => {
  const heard = await Promise.all(
    Array.from({ length: 12 }, () =>
      ask(null, 'POST /api/v1/sessions', { body: { login: 'credit_officer', password } }).then(({ status }) => status),
    ),
  )
  assert.deepEqual(
    heard,
    Array.from({ length: 12 }, () => 201),
  )
})

test('turns of one name follow each other, a failed one too; names do not wait for each other; too many are refused', async () => {
  const turns = new Turns()
  const began: string[] = []
  const turn = (name: string, ms: number) => () => {
    began.push(name)
    return sleep(ms, name)
  }
  const failing = turns.take('a', () => Promise.reject(new Error('as if')))
  const all = ['a1', 'a2'].map((name) => turns.take('a', turn(name, 20)))
  all.push(turns.take('b', turn('b1', 1)))
  await assert.rejects(failing, /as if/)
  assert.deepEqual(await Promise.all(all), ['a1', 'a2', 'b1'])
  assert.deepEqual(began.toSorted(), ['a1', 'a2', 'b1'])
  assert.ok(began.indexOf('b1') < began.indexOf('a2') && began.indexOf('a1') < began.indexOf('a2'))
  const many = Array.from({ length: 201 }, () => turns.take('c', () => sleep(1)))
  const refused = (await Promise.allSettled(many)).filter(({ status }) => status === 'rejected')
  assert.equal(refused.length, 1)
  assert.equal(await turns.take('c', async () => 'free again'), 'free again')
})

test('a login that nobody has waits as anybody’s: not at all four times, then twice as long each time, a quarter of an hour at most', () => {
  const logins = new UnknownLogins()
  const now = 1_000_000
  const waits = Array.from({ length: 16 }, () => {
    logins.note('x', now)
    return logins.waitS('x', now)
  })
  assert.deepEqual(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900])
  const later = [1, 899_001, 900_000, 900_001].map((ms) => logins.waitS('x', now + ms))
  assert.deepEqual(later, [900, 1, 0, 0])
  assert.equal(logins.waitS('y', now), 0)
})

test('ten thousand such logins are remembered; the one that was tried longest ago is forgotten first', () => {
  const logins = new UnknownLogins()
  const five = (login: string): void => {
    for (let n = 0; n < 5; n++) logins.note(login, 0)
  }
  five('first')
  five('second')
  for (let n = 0; n < 9_998; n++) logins.note(`of${n}`, 0)
  assert.deepEqual([logins.waitS('first', 0), logins.waitS('second', 0)], [1, 1])
  logins.note('first', 0)
  logins.note('one more', 0)
  assert.deepEqual([logins.waitS('first', 0), logins.waitS('second', 0)], [2, 0])
})

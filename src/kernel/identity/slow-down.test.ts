import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { database } from '#test/database'
import { password, wholeProgram } from '#test/whole-program'
import { Turns } from './slow-down.ts'

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

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { database } from '#test/database'
import { wholeProgram } from '#test/whole-program'

const db = await database()
const { ask } = await wholeProgram(db)

let calls = 0
const post = (path: string, body: Readonly<Record<string, unknown>>) =>
  ask('admin', `POST /api/v1/ledger/${path}`, { body, key: `by-hand-${++calls}` })
const leg = (account: string, amount: number) => ({ account, amount, unit: 'INR' })

test('an account needs its name and unit; it stands on the debit side, without a guard, unless said', async () => {
  assert.deepEqual(await post('accounts', { id: 'till:1', unit: 'INR' }).then(({ status, body }) => [status, body]), [
    201,
    { id: 'till:1', code: 'till:1', unit: 'INR', side: 'debit', min: null },
  ])
  assert.equal((await post('accounts', { id: 'till:2', unit: 'INR', min: 0 })).status, 201)
  const moved = await post('transfers', { key: 'fill', legs: [leg('till:1', -700), leg('till:2', 700)] })
  assert.deepEqual(moved.body['balances'], [
    { account: 'till:1', posted: -700, held: 0, available: -700 },
    { account: 'till:2', posted: 700, held: 0, available: 700 },
  ])
  assert.equal((await post('transfers', { key: 'drain', legs: [leg('till:2', -701), leg('till:1', 701)] })).code, 'ledger.insufficient')
})

test('a hold may say its end in the time of any zone', async () => {
  const held = await post('holds', { account: 'till:2', to: 'till:1', amount: 5, expiresAt: '2099-01-01T05:30:00+05:30' })
  assert.deepEqual([held.status, held.body['expiresAt']], [201, '2099-01-01T00:00:00.000Z'])
  const released = await post(`holds/${String(held.body['id'])}/release`, {})
  assert.deepEqual([released.status, released.body['state']], [200, 'released'])
})

test('a balance is told as of a booked day, an instant of it, and by what was known', async () => {
  const posted = async (query: string) => {
    const { status, body } = await ask('admin', `GET /api/v1/ledger/accounts/till:3${query}`, {})
    return status === 200 ? body['posted'] : status
  }
  assert.equal((await post('accounts', { id: 'till:3', unit: 'INR' })).status, 201)
  const at: string[] = []
  for (const key of ['first', 'second']) {
    const { body } = await post('transfers', { key, legs: [leg('till:3', 10), leg('till:1', -10)] })
    const told = await ask('admin', `GET /api/v1/ledger/transfers/${String(body['id'])}`, {})
    at.push(String(told.body['at']))
    const later = new Date(Date.parse(at[0] ?? '') + 60_000).toISOString()
    await ask('admin', 'POST /api/v1/sandbox/clock', { body: { to: later } })
  }
  const [first = ''] = at
  const today = new Date(Date.parse(first) + 5.5 * 3_600_000).toISOString().slice(0, 10)
  for (const [query, amount] of [
    ['', 20],
    [`?on=${today}`, 20],
    ['?on=2020-01-01', 0],
    [`?on=${first}`, 10],
    [`?on=${first.replace('Z', '%2B00:00')}`, 10],
    [`?knownAt=${first}`, 10],
    [`?on=2020-01-01&knownAt=${first}`, 0],
    ['?on=2020-01-01T00:00:00Z', 0],
    ['?on=2026-02-30', 400],
    ['?on=2026-02-30T00:00:00Z', 400],
    ['?on=never', 400],
  ] as const)
    assert.equal(await posted(query), amount, query)
})

test('a hold tells the same of itself later as when it was made, and which transfer captured it last', async () => {
  await post('transfers', { key: 'to-capture', legs: [leg('till:2', 40), leg('till:1', -40)] })
  const { body: made } = await post('holds', { account: 'till:2', to: 'till:1', amount: 9, expiresAt: '2099-01-01T00:00:00Z' })
  const address = `GET /api/v1/ledger/holds/${String(made['id'])}`
  assert.deepEqual((await ask('admin', address, {})).body, made)
  for (const amount of [4, 5]) {
    const { body: captured } = await post(`holds/${String(made['id'])}/capture`, { amount })
    assert.match(String(captured['transfer']), /^transfer_/)
    assert.deepEqual((await ask('admin', address, {})).body, captured)
    const { body: listed } = await ask('admin', 'GET /api/v1/ledger/holds?limit=1', {})
    assert.deepEqual(listed['items'], [captured])
  }
})

test('what was held is told as of an instant, until the instant at which the hold expires', async () => {
  const held = async (on: number) => {
    const { body } = await ask('admin', `GET /api/v1/ledger/accounts/till:2?on=${new Date(on).toISOString()}`, {})
    return [body['held'], Number(body['posted']) - Number(body['available'])]
  }
  const { body: moved } = await post('transfers', { key: 'before-the-hold', legs: [leg('till:2', 1), leg('till:1', -1)] })
  const now = Date.parse(String((await ask('admin', `GET /api/v1/ledger/transfers/${String(moved['id'])}`, {})).body['at']))
  const expires = now + 1_800_000
  const hold = { account: 'till:2', to: 'till:1', amount: 9, expiresAt: new Date(expires).toISOString() }
  const { body: made } = await post('holds', hold)
  assert.equal((await post(`holds/${String(made['id'])}/capture`, { amount: 2 })).status, 200)
  await ask('admin', 'POST /api/v1/sandbox/clock', { body: { to: new Date(expires + 60_000).toISOString() } })
  assert.equal((await ask('admin', `GET /api/v1/ledger/holds/${String(made['id'])}`, {})).body['state'], 'expired')
  assert.deepEqual(await held(now - 1), [0, 0])
  assert.deepEqual(await held(expires - 1), [7, 7])
  assert.deepEqual(await held(expires), [0, 0])
})

test('no balance grows past what an answer can tell exactly', async () => {
  for (const id of ['vast:1', 'vast:2']) assert.equal((await post('accounts', { id, unit: 'GRAIN' })).status, 201)
  const most = 999_999_999_999_999
  const grow = (n: number) =>
    post('transfers', {
      key: `vast-${n}`,
      legs: [
        { account: 'vast:1', amount: most, unit: 'GRAIN' },
        { account: 'vast:2', amount: -most, unit: 'GRAIN' },
      ],
    })
  for (let n = 1; n <= 9; n++) assert.equal((await grow(n)).status, 201)
  assert.equal((await grow(10)).code, 'ledger.amount_too_large')
  assert.equal((await ask('admin', 'GET /api/v1/ledger/accounts/vast:1', {})).body['posted'], 9 * most)
})

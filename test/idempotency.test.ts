import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection, type Sql, sql } from '#kernel/db'
import { database } from '#test/database'
import { footprint } from '#test/stage'
import { password, secondProgram, wholeProgram } from '#test/whole-program'

const db = await database()
const whole = await wholeProgram(db)
const { ask } = whole
const url = 'POST /api/v1/ledger/transfers'
const accounts = ['a', 'b', 'c', 'd', 'e', 'f', 'thin']
for (const id of accounts)
  await ask('admin', 'POST /api/v1/ledger/accounts', { body: { id, code: 'c', unit: 'INR', side: 'debit', min: id === 'thin' ? 0 : null } })
const move = (key: string, to = 'a', from = 'b', amount = 5) => ({
  key,
  legs: [
    { account: to, amount, unit: 'INR' },
    { account: from, amount: -amount, unit: 'INR' },
  ],
})
const count = async (statement: Sql): Promise<number> => (await db.pool.query<{ n: number }>(statement))[0]?.n ?? -1
const transfers = (key: string) => count(sql`select count(*)::int as n from ledger.transfer where key = ${key}`)
const answers = (key: string) => count(sql`select count(*)::int as n from operations.answer where key = ${key}`)

test('a hundred callers with one key: one transfer, and every answer the same to the byte', async () => {
  const heard = await Promise.all(Array.from({ length: 100 }, () => ask('admin', url, { body: move('hundred'), key: 'k-hundred' })))
  assert.deepEqual(new Set(heard.map(({ status }) => status)), new Set([201]))
  assert.equal(new Set(heard.map(({ text }) => text)).size, 1)
  assert.equal(heard.filter(({ headers }) => headers['idempotency-replayed'] === undefined).length, 1)
  assert.equal(await transfers('hundred'), 1)
})

test('a key is its caller’s and its operation’s: another body is refused, the same key elsewhere is another call', async () => {
  const body = { payment: 'slip', amount: 100, currency: 'INR' }
  const deposits = (who: 'borrower' | 'dev') => `POST /api/v1/people/${whole.players[who].id}/deposits`
  assert.equal((await ask('cashier', deposits('borrower'), { body, key: 'k-own' })).status, 201)
  assert.equal((await ask('cashier', deposits('dev'), { body, key: 'k-own' })).code, 'operations.key_reused')
  assert.equal((await ask('admin', deposits('dev'), { body: { ...body, payment: 'slip-2' }, key: 'k-own' })).status, 201)
  assert.equal((await ask('admin', url, { body: move('own'), key: 'k-own' })).status, 201)
})

test('what is refused under the locks is refused again, though it could be done by then', async () => {
  const drawn = { body: move('thin', 'a', 'thin', 10), key: 'k-thin' }
  const first = await ask('admin', url, drawn)
  assert.deepEqual([first.status, first.code], [422, 'ledger.insufficient'])
  await ask('admin', url, { body: move('fill', 'thin', 'b', 100), key: 'k-fill' })
  const again = await ask('admin', url, drawn)
  assert.deepEqual([again.text, again.headers['idempotency-replayed']], [first.text, 'true'])
  assert.equal((await ask('admin', url, { ...drawn, key: 'k-thin-2' })).status, 201)
})

test('what says "not so" or "not you" is not kept: the same key works once that is mended', async () => {
  const key = 'k-mended'
  const before = await footprint(db)
  assert.equal((await ask('admin', url, { body: { key: 1 }, key })).status, 400)
  assert.equal((await ask('admin', url, { body: '{', key })).status, 400)
  assert.equal((await ask(null, url, { body: move(key), key })).status, 401)
  assert.equal((await ask('cashier', url, { body: move(key), key })).status, 403)
  assert.deepEqual([await answers(key), await footprint(db)], [0, before])
  assert.equal((await ask('admin', url, { body: move(key), key })).status, 201)
  assert.deepEqual([await answers(key), await transfers(key)], [1, 1])
})

test('our own failure is not kept either, and leaves nothing behind', async () => {
  const key = 'k-broken'
  const before = await footprint(db)
  const owner = await Connection.open(db.owner)
  try {
    await owner.execute(sql`revoke insert on ledger.entry from holdfast`)
    const heard = await ask('admin', url, { body: move(key), key })
    assert.deepEqual([heard.status, heard.code, heard.body['facts']], [500, 'operations.failed', {}])
    assert.ok(!heard.text.includes('permission denied'))
  } finally {
    await owner.execute(sql`grant insert on ledger.entry to holdfast`)
    await owner.close()
  }
  assert.deepEqual([await answers(key), await footprint(db)], [0, before])
  assert.equal((await ask('admin', url, { body: move(key), key })).status, 201)
})

test('a session’s tokens are told once: a repetition shows none, and none is kept', async () => {
  const asked = { body: { login: 'cashier', password }, key: 'k-session' }
  const [first, again] = [await ask(null, 'POST /api/v1/sessions', asked), await ask(null, 'POST /api/v1/sessions', asked)]
  assert.deepEqual([first.status, again.status, again.body['id']], [201, 201, first.body['id']])
  assert.deepEqual([again.body['accessToken'], again.body['refreshToken']], [null, null])
  const told = `%${String(first.body['accessToken'])}%`
  assert.equal(
    await count(
      sql`select count(*)::int as n from operations.answer where body like ${told} or body like ${`%${String(first.body['refreshToken'])}%`}`,
    ),
    0,
  )
})

test('twins in two programs on one database: the second waits, and gets the answer of the first', async () => {
  const second = await secondProgram(whole, db)
  const holder = await Connection.open(db.owner)
  try {
    await holder.begin()
    await holder.query(sql`select id from ledger.account where id = 'c' for update`)
    const first = ask('admin', url, { body: move('twin', 'c', 'd'), key: 'k-twin' })
    await sleep(300)
    const other = second.ask('admin', url, { body: move('twin', 'c', 'd'), key: 'k-twin' })
    await sleep(500)
    await holder.rollback()
    const heard = await Promise.all([first, other])
    assert.deepEqual(
      heard.map(({ status }) => status),
      [201, 201],
    )
    assert.equal(heard[0].text, heard[1].text)
    assert.equal(await transfers('twin'), 1)
  } finally {
    await holder.close()
  }
})

test('a key or a row that is held for long: waited for ten seconds, then told to come again, and nothing is kept', async () => {
  const holder = await Connection.open(db.owner)
  try {
    await holder.begin()
    // As a twin does that is still running in another process.
    const held = hash('sha256', JSON.stringify([whole.players.admin.id, 'ledger.transfer', 'k-held']))
    await holder.query(sql`select pg_advisory_xact_lock(('x' || left(${held}, 16))::bit(64)::bigint)::text as taken`)
    await holder.query(sql`select id from ledger.account where id = 'e' for update`)
    const from = performance.now()
    const told = await Promise.all([
      ask('admin', url, { body: move('held', 'a', 'b'), key: 'k-held' }),
      ask('admin', url, { body: move('locked', 'e', 'f'), key: 'k-locked' }),
    ])
    const waited = performance.now() - from
    assert.deepEqual(
      told.map(({ status, code, headers }) => [status, code, headers['retry-after']]),
      [
        [409, 'operations.key_in_flight', '1'],
        [503, 'operations.overloaded', '2'],
      ],
    )
    assert.ok(waited >= 9_900, `waited ${waited} ms`)
    await holder.rollback()
    for (const name of ['held', 'locked']) {
      assert.equal(await answers(`k-${name}`), 0)
      const again = await ask('admin', url, { body: name === 'held' ? move('held', 'a', 'b') : move('locked', 'e', 'f'), key: `k-${name}` })
      assert.deepEqual([again.status, await transfers(name)], [201, 1])
    }
  } finally {
    await holder.close()
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realClock } from '#kernel/clock'
import { Connection, rows, sql } from '#kernel/db'
import { openAccount, transfer } from '#kernel/ledger'
import { each } from '#kernel/tx'
import { database } from '#test/database'
import { z } from 'zod'
import { Executor, type Operation, operation, type Principal } from './index.ts'

const db = await database()
const executor = new Executor({ pool: db.pool, clock: realClock() })
const admin: Principal = { id: 'person_admin', name: 'Admin', kind: 'person', roles: ['admin'] }
const clerk: Principal = { id: 'person_clerk', name: 'Clerk', kind: 'person', roles: ['cashier'] }

let calls = 0
const submit = <I, A>(operation: Operation<I, A>, input: I, key?: string, principal = admin) =>
  executor.submit({ operation, input, principal, key, requestId: `req_${++calls}` })

const account = (id: string, min: number | null = null, side: 'debit' | 'credit' = 'debit') =>
  submit(openAccount, { id, code: 'test', unit: 'INR', side, min })
const move = (key: string, from: string, to: string, amount: number) => ({
  key,
  legs: [
    { account: to, amount, unit: 'INR' },
    { account: from, amount: -amount, unit: 'INR' },
  ],
})
const one = async (statement: Parameters<typeof db.pool.query>[0]) => (await db.pool.query<Record<string, unknown>>(statement))[0]

await account('source')
await account('a')
await account('b', 0)

test('a hundred callers with one key make one transfer and get one answer, byte for byte', async () => {
  const replies = await Promise.all(Array.from({ length: 100 }, () => submit(transfer, move('twin', 'source', 'a', 100), 'key-twin')))
  assert.deepEqual(new Set(replies.map((reply) => reply.status)), new Set([201]))
  assert.equal(new Set(replies.map((reply) => reply.body)).size, 1)
  assert.equal(replies.filter((reply) => !reply.replayed).length, 1)
  assert.deepEqual(await one(sql`select count(*)::int as n from ledger.transfer where key = 'twin'`), { n: 1 })
  const later = await submit(transfer, move('twin', 'source', 'a', 100), 'key-twin')
  assert.deepEqual([later.body, later.replayed], [replies[0]?.body, true])
})

test('a key with another body is refused, in flight and afterwards', async () => {
  const first = submit(transfer, move('reuse', 'source', 'a', 5), 'key-reuse')
  const second = await submit(transfer, move('reuse', 'source', 'a', 6), 'key-reuse')
  assert.equal((await first).status, 201)
  assert.deepEqual([second.status, second.fault], [422, 'operations.key_reused'])
  assert.equal((await submit(transfer, move('reuse', 'source', 'a', 6), 'key-reuse')).fault, 'operations.key_reused')
})

test('a business key works once, whatever the idempotency key', async () => {
  const [first, second] = await Promise.all(['k1', 'k2'].map((key) => submit(transfer, move('business', 'source', 'a', 7), key)))
  const done = [first, second].filter((reply) => reply?.status === 201)
  const refused = [first, second].find((reply) => reply?.status === 409)
  assert.equal(done.length, 1)
  assert.equal(refused?.fault, 'ledger.transfer_known')
  assert.equal(JSON.parse(refused?.body ?? '').facts.transfer, JSON.parse(done[0]?.body ?? '').id)
})

test('in a group, one refusal leaves its neighbours and the guard alone', async () => {
  await submit(transfer, move('fill', 'source', 'b', 1_000), 'key-fill')
  const replies = await Promise.all(
    Array.from({ length: 50 }, (_, at) => submit(transfer, move(`draw-${at}`, 'b', 'a', 30), `key-draw-${at}`)),
  )
  assert.equal(replies.filter((reply) => reply.status === 201).length, 33)
  assert.equal(replies.filter((reply) => reply.fault === 'ledger.insufficient').length, 17)
  assert.deepEqual(await one(sql`select posted, n from ledger.account where id = 'b'`), { posted: 10n, n: 34n })
  assert.deepEqual(await one(sql`select sum(amount)::bigint as sum from ledger.entry`), { sum: 0n })
  // A stored refusal is replayed too, although money came in since.
  await submit(transfer, move('refill', 'source', 'b', 1_000), 'key-refill')
  const refused = replies.findIndex((reply) => reply.status !== 201)
  const again = await submit(transfer, move(`draw-${refused}`, 'b', 'a', 30), `key-draw-${refused}`)
  assert.deepEqual([again.body, again.replayed], [replies[refused]?.body, true])
})

test('refusals before any transaction, in their order: role, then key', async () => {
  assert.equal((await submit(transfer, move('x', 'source', 'a', 1), undefined, clerk)).fault, 'operations.forbidden')
  assert.equal((await submit(transfer, move('x', 'source', 'a', 1))).fault, 'operations.key_missing')
  assert.deepEqual(await one(sql`select count(*)::int as n from ledger.transfer where key = 'x'`), { n: 0 })
})

test('a write that cannot be sent commits nothing of its transaction, not even what was sent before', async () => {
  const unsendable = each<{ at: string }>(
    sql`update ledger.account a set posted = 0 from ${rows({ at: 'timestamptz' })} x where a.id = 'half'`,
  )
  const half = executor.transaction(async (session) => {
    await session.query(sql`insert into ledger.account (id, code, unit, side, head) values ('half', 'test', 'INR', 'debit', '0')`)
    await session.together([[{ principal: admin, body: ({ tx }) => unsendable(tx, { at: 'no instant' }) }]])
  })
  await assert.rejects(half, /a timestamptz .* cannot be "no instant"/)
  assert.deepEqual(await one(sql`select count(*)::int as n from ledger.account where id = 'half'`), { n: 0 })
})

test('an answer that cannot be told undoes its own call, whose writes were on their way, and no other', async () => {
  const untellable = {
    ...transfer,
    body: async (...given: Parameters<typeof transfer.body>) => [await transfer.body(...given), 1n] as never,
  }
  const replies = await Promise.all(
    [transfer, untellable, transfer].map((operation, at) => submit(operation, move(`told-${at}`, 'source', 'a', 3), `key-told-${at}`)),
  )
  assert.deepEqual(
    replies.map(({ status }) => status),
    [201, 500, 201],
  )
  assert.deepEqual(await one(sql`select array_agg(key order by key) as keys from ledger.transfer where key like 'told-%'`), {
    keys: ['told-0', 'told-2'],
  })
})

test('behind a group that waits for a lock, calls of one moment become one group, and none of them waits for it', async () => {
  for (const id of ['held', 'free']) await account(id)
  const holder = await Connection.open(db.owner)
  try {
    await holder.query(sql`begin`)
    await holder.query(sql`select id from ledger.account where id = 'held' for update`)
    let ended = false
    const stuck = submit(transfer, move('stuck', 'source', 'held', 1), 'key-stuck').finally(() => (ended = true))
    // Time for its group to begin.
    await new Promise((resolve) => setTimeout(resolve, 50))
    const others = await Promise.all(
      Array.from({ length: 12 }, async (_, at) => {
        await new Promise((resolve) => setTimeout(resolve, at % 3))
        return submit(openAccount, { id: `company:${at}`, code: 'test', unit: 'INR', side: 'debit', min: null })
      }),
    )
    assert.deepEqual([new Set(others.map(({ status }) => status)), ended], [new Set([201]), false])
    const groups = await one(sql`select count(distinct tx)::int as n from audit.record where object like 'company:%'`)
    assert.deepEqual(groups, { n: 1 })
    await holder.query(sql`rollback`)
    assert.equal((await stuck).status, 201)
  } finally {
    await holder.close()
  }
})

test('what an operation runs inside itself is asked of whoever called, for no role is lent, and done once under its key', async () => {
  const lending = operation(
    'test.lends_its_role',
    {
      summary: 'As if',
      input: z.strictObject({}),
      answer: z.strictObject({}),
      may: ['cashier', 'admin'],
      faults: ['operations.forbidden'],
    },
    async ({ run }) => {
      await run(transfer, move('lent', 'source', 'a', 1), { key: 'key-lent' })
      return {}
    },
  )
  assert.equal((await submit(lending, {}, undefined, clerk)).fault, 'operations.forbidden')
  assert.deepEqual(await one(sql`select count(*)::int as n from ledger.transfer where key = 'lent'`), { n: 0 })
  // Under one key what is run inside is done once, and answered again.
  for (let again = 0; again < 2; again++) assert.equal((await submit(lending, {})).status, 200)
  assert.deepEqual(await one(sql`select count(*)::int as n from ledger.transfer where key = 'lent'`), { n: 1 })
})

test('every call left one audit record, the refused too, also those that never ran', async () => {
  await executor.drain()
  const counts = await one(sql`
    select count(*) filter (where outcome = 'refused')::int as refused, count(*) filter (where body like '%ledger.insufficient%')::int as short,
      count(*) filter (where body like '%key_missing%')::int as keyless
    from audit.record where operation = 'ledger.transfer'`)
  assert.deepEqual(counts, { refused: 22, short: 17, keyless: 1 })
  assert.equal((await submit(transfer, move('late', 'source', 'a', 1), 'late')).fault, 'operations.draining')
})

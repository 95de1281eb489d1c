import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realClock } from '#kernel/clock'
import { sql } from '#kernel/db'
import { Executor } from '#kernel/operations'
import { database } from '#test/database'
import { advance, isFenced, leaseSlots, leaveSlots, makeSlots, type Slot, slotCount } from './slots.ts'

const db = await database()
const executor = new Executor({ pool: db.pool, clock: realClock() })
await executor.transaction((session) => makeSlots(session, 'c'))
await executor.transaction((session) => makeSlots(session, 'c'))

const lease = (owner: string, oldest = 0n) => executor.transaction((session) => leaseSlots(session, { consumer: 'c', owner, oldest }))
const move = (slots: readonly Slot[], seen: string, pos = 0n) =>
  executor.transaction(async (session) => {
    for (const statement of advance('c', slots, { seen, reading: null, pos })) session.atEnd(statement)
  })
const vanish = (owner: string) =>
  db.pool.execute(sql`update events.member set seen_at = now() - interval '1 minute' where owner = ${owner}`)
const rowsKept = async () => (await db.pool.query<{ n: number }>(sql`select count(*)::int as n from events.progress`))[0]?.n

test('a lone member has every slot, from where the consumer began; a second takes half when the first shows itself again', async () => {
  const { slots: all } = await lease('a')
  assert.deepEqual([all.length, new Set(all.map(({ seen }) => seen)).size], [slotCount, 1])
  assert.equal((await lease('b')).slots.length, 0)
  assert.equal((await lease('a')).slots.length, slotCount / 2)
  assert.equal((await lease('b')).slots.length, slotCount / 2)
  await executor.transaction((session) => leaveSlots(session, 'c', 'b'))
  assert.equal((await lease('a')).slots.length, slotCount)
})

test('a slot that changes hands goes on where it stood, and who had it before can move it no more', async () => {
  const { slots: before } = await lease('a')
  await move(before, '900:900:')
  await move(before.slice(0, 4), '901:901:', 7n)
  await vanish('a')
  const { slots: after } = await lease('b')
  assert.deepEqual(
    after.map(({ slot, seen, pos }) => [slot, seen, pos]),
    before.map(({ slot }) => [slot, slot < 4 ? '901:901:' : '900:900:', slot < 4 ? 7n : 0n]),
  )
  await assert.rejects(move(before, '902:902:'), isFenced)
  await assert.rejects(move(before.slice(3, 4), '902:902:'), isFenced)
  await move(after, '903:903:')
  assert.ok((await lease('b')).slots.every(({ seen, epoch }, at) => seen === '903:903:' && epoch === after[at]?.epoch))
})

test('progress that nobody stands at is forgotten, what a slot stands at is kept', async () => {
  const { slots, oldest } = await lease('b')
  await move(slots.slice(0, 1), '904:904:')
  for (let n = 0; n < 20; n++) await move(slots.slice(1), `905:905:`, BigInt(n))
  const later = await lease('b', oldest)
  await lease('b', later.oldest)
  assert.ok(((await rowsKept()) ?? 0) >= 21, 'the first slot stands at the row before these')
  await move(slots, '906:906:')
  await lease('b', (await lease('b', later.oldest)).oldest)
  assert.equal(await rowsKept(), 1)
})

test('a cursor moved while its slots change hands waits, and is then refused', async () => {
  const { slots } = await lease('b')
  await vanish('b')
  const order: string[] = []
  const taking = executor.transaction(async (session) => {
    const leased = await leaseSlots(session, { consumer: 'c', owner: 'd', oldest: 0n })
    await new Promise((resolve) => setTimeout(resolve, 60))
    order.push(`taken ${leased.slots.length}`)
  })
  await new Promise((resolve) => setTimeout(resolve, 20))
  await assert.rejects(move(slots, '907:907:'), isFenced)
  order.push('refused')
  await taking
  assert.deepEqual(order, [`taken ${slotCount}`, 'refused'])
  await executor.drain()
})

test('who left can move nothing any more, and the epoch of a slot only grows, however it changes hands', async () => {
  await vanish('d')
  let before: readonly Slot[] = []
  for (const owner of ['e', 'f', 'g']) {
    const { slots } = await lease(owner)
    assert.equal(slots.length, slotCount)
    assert.ok(slots.every(({ epoch }, at) => epoch > (before[at]?.epoch ?? 0n)))
    await move(slots, '907:907:')
    if (owner === 'f') await vanish(owner)
    else await executor.transaction((session) => leaveSlots(session, 'c', owner))
    if (owner !== 'f') await assert.rejects(move(slots, '908:908:'), isFenced)
    before = slots
  }
})

test('what PostgreSQL refuses of a lease is thrown to who asked, and nothing of it is left unheard', async () => {
  const unheard: unknown[] = []
  const hear = (error: unknown): unknown => unheard.push(error)
  process.on('unhandledRejection', hear)
  await assert.rejects(
    executor.transaction((session) => leaseSlots(session, { consumer: 'no\0text', owner: 'h', oldest: 0n })),
    { code: '22021' },
  )
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', hear)
  assert.deepEqual(unheard, [])
})

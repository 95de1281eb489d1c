import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatInstant, simulatedClock } from '#kernel/clock'
import { Connection, inTransaction, sql } from '#kernel/db'
import { captureHold, makeHold, openAccount, releaseHold, reverseTransfer, transfer } from '#kernel/ledger'
import { Executor, type Operation, type Principal, system, type View } from '#kernel/operations'
import { database } from '#test/database'
import { holds } from './hold-views.ts'
import { expireHold } from './hold.ts'
import { trialBalance } from './trial-balance.ts'
import { account, accounts, transfers } from './views.ts'

const db = await database()
const clock = simulatedClock(Date.parse('2026-03-10T06:00:00Z'))
const executor = new Executor({ pool: db.pool, clock })
db.closing(() => executor.drain())
const admin: Principal = { id: 'person_admin', name: 'Admin', kind: 'person', roles: ['admin'] }
let calls = 0

type Said = Readonly<Record<string, unknown>>
/** What an operation answers, or the code of its refusal with the facts. */
async function ask<I, A>(operation: Operation<I, A>, input: NoInfer<I>, principal = admin): Promise<Said> {
  const call = ++calls
  const { body, fault } = await executor.submit({ operation, input, principal, key: `key-${call}`, requestId: `req-${call}` })
  const said = JSON.parse(body) as Said
  return fault === undefined ? said : { fault, ...(said['facts'] as Said) }
}
const see = <I, A>(view: View<I, A>, input: NoInfer<I>): Promise<A> =>
  inTransaction(db.pool, async (connection) => view.body({ read: (s) => connection.query(s), clock, principal: admin }, input))

const open = (id: string, more: { code?: string; unit?: string; side?: 'debit' | 'credit'; min?: number | null } = {}) =>
  ask(openAccount, { id, unit: 'INR', side: 'debit', min: null, ...more })
const move = (key: string, from: string, to: string, amount: number, unit = 'INR') =>
  ask(transfer, {
    key,
    legs: [
      { account: from, amount: -amount, unit },
      { account: to, amount, unit },
    ],
  })
const balance = async (id: string): Promise<readonly [posted: number, held: number, available: number]> => {
  const { posted, held, available } = await see(account, { account: id })
  return [posted, held, available]
}
const inAnHour = (): string => formatInstant(clock.now() + 3_600_000)
const hold = (from: string, to: string, amount: number, expiresAt = inAnHour()) => ask(makeHold, { account: from, to, amount, expiresAt })
const picked = (said: Said, ...names: string[]): unknown[] => names.map((name) => said[name])

for (const [id, more] of [
  ['equity', {}],
  ['till', { code: 'cash', min: 0 }],
  ['shop', { code: 'cash' }],
  ['gift', { side: 'credit', min: 0 }],
  ['dollars', { unit: 'USD' }],
  ['vault', { unit: 'USD' }],
] as const)
  await open(id, more)
const funded = await move('fund', 'equity', 'till', 1_000)
await move('gift', 'gift', 'equity', 300)
await move('abroad', 'vault', 'dollars', 7, 'USD')

test('a hold is captured in parts up to what it reserved, and not past it', async () => {
  const made = await hold('till', 'shop', 100)
  const id = String(made['id'])
  assert.deepEqual(picked(made, 'state', 'amount', 'captured', 'transfer'), ['open', 100, 0, null])
  assert.deepEqual(await balance('till'), [1_000, 100, 900])
  assert.deepEqual(await ask(captureHold, { hold: id, amount: 101 }), { fault: 'ledger.hold_exceeded', hold: id, left: '100' })
  assert.deepEqual(picked(await ask(captureHold, { hold: id, amount: 40 }), 'state', 'captured'), ['open', 40])
  assert.deepEqual(
    [await balance('till'), await balance('shop')],
    [
      [960, 60, 900],
      [40, 0, 40],
    ],
  )
  assert.deepEqual(await ask(captureHold, { hold: id, amount: 61 }), { fault: 'ledger.hold_exceeded', hold: id, left: '60' })
  assert.deepEqual(picked(await ask(captureHold, { hold: id, amount: 60 }), 'state', 'captured'), ['captured', 100])
  assert.deepEqual(
    [await balance('till'), await balance('shop')],
    [
      [900, 0, 900],
      [100, 0, 100],
    ],
  )
  for (const again of [captureHold, releaseHold])
    assert.deepEqual(await ask(again, { hold: id }), { fault: 'ledger.hold_not_open', hold: id, state: 'captured' })
})

test('what is left of a hold is given back by a release, and by its expiry from that instant on', async () => {
  const first = String((await hold('till', 'shop', 50))['id'])
  await ask(captureHold, { hold: first, amount: 20 })
  assert.deepEqual(picked(await ask(releaseHold, { hold: first }), 'state', 'captured'), ['released', 20])
  assert.deepEqual(await balance('till'), [880, 0, 880])
  const second = String((await hold('till', 'shop', 30))['id'])
  const expire = () => ask(expireHold, { hold: second }, system('jobs'))
  clock.advanceTo(clock.now() + 3_599_999)
  assert.equal((await expire())['state'], 'open')
  assert.deepEqual(await balance('till'), [880, 30, 850])
  clock.advanceTo(clock.now() + 1)
  for (const late of [captureHold, releaseHold])
    assert.deepEqual(await ask(late, { hold: second }), { fault: 'ledger.hold_not_open', hold: second, state: 'expired' })
  for (let again = 0; again < 2; again++) assert.equal((await expire())['state'], 'expired')
  assert.deepEqual(await balance('till'), [880, 0, 880])
})

test('a hold on a credit account reserves what it owes', async () => {
  assert.deepEqual(await balance('gift'), [300, 0, 300])
  assert.equal((await hold('gift', 'shop', 301))['fault'], 'ledger.insufficient')
  const id = String((await hold('gift', 'shop', 300))['id'])
  assert.equal((await move('drawn', 'equity', 'gift', 1))['fault'], 'ledger.insufficient')
  await ask(captureHold, { hold: id })
  assert.deepEqual([await balance('gift'), (await balance('shop'))[0]], [[0, 0, 0], -180])
})

test('holds that cannot be are refused', async () => {
  const now = formatInstant(clock.now())
  for (const [made, fault] of [
    [hold('none', 'shop', 1), 'ledger.account_unknown'],
    [hold('till', 'none', 1), 'ledger.account_unknown'],
    [hold('till', 'dollars', 1), 'ledger.unit_mismatch'],
    [hold('till', 'shop', 1, now), 'ledger.expiry_past'],
    [hold('till', 'shop', 881), 'ledger.insufficient'],
  ] as const)
    assert.equal((await made)['fault'], fault)
  assert.equal((await open('till'))['fault'], 'ledger.account_known')
  await assert.rejects(see(account, { account: 'none' }), { code: 'ledger.account_unknown' })
})

test('what was booked by hand is reversed once; what an operation booked is not', async () => {
  const id = String((await move('wrong', 'till', 'shop', 80))['id'])
  const undo = (of: string) => ask(reverseTransfer, { transfer: of, reason: 'a slip' })
  const undone = await undo(id)
  assert.deepEqual(picked(undone, 'state', 'reverses'), ['reversed', id])
  assert.deepEqual(await balance('till'), [880, 0, 880])
  assert.deepEqual(await undo(id), { fault: 'ledger.already_reversed', transfer: id, reversal: undone['id'] })
  assert.deepEqual(await undo('transfer_none'), { fault: 'ledger.transfer_unknown', transfer: 'transfer_none' })
  const { items } = await see(holds, { limit: 1, after: undefined, account: 'gift' })
  const captured = String(items[0]?.transfer)
  assert.deepEqual(await undo(captured), { fault: 'ledger.not_by_hand', transfer: captured, operation: 'ledger.capture' })
  assert.equal((await undo(String(funded['id'])))['fault'], 'ledger.insufficient')
})

test('lists: by what was asked for alone, in order, page after page', async () => {
  const owner = await Connection.open(db.owner)
  await owner.script("update ledger.account set owner = 'loan_1' where id = 'gift'")
  await owner.close()
  for (const id of ['loan:loan_2:due', 'loan:loan_22:due']) await open(id, { code: 'loans' })
  const [second, other] = [await move('due', 'shop', 'loan:loan_2:due', 5), await move('due-22', 'shop', 'loan:loan_22:due', 6)]
  const all = ['dollars', 'equity', 'gift', 'loan:loan_22:due', 'loan:loan_2:due', 'shop', 'till', 'vault']
  const ids = ({ items }: { items: readonly { id: string }[] }): string[] => items.map(({ id }) => id)
  const page = { limit: 100, after: undefined }
  const listed = async (asked: object): Promise<string[]> => ids(await see(accounts, { ...page, ...asked }))
  for (const [asked, found] of [
    [{}, all],
    [{ q: 'TILL' }, ['till']],
    [{ q: 'cas' }, ['shop', 'till']],
    [{ code: 'cash' }, ['shop', 'till']],
    [{ code: 'cas' }, []],
    [{ type: 'credit' }, ['gift']],
    [{ owner: 'loan_1' }, ['gift']],
  ] as const)
    assert.deepEqual(await listed(asked), found, JSON.stringify(asked))
  const made = (await db.pool.query<{ id: string }>(sql`select id from ledger.transfer order by id desc`)).map(({ id }) => id)
  for (const [list, expected] of [
    [accounts, all],
    [transfers, made],
  ] as const) {
    const seen: string[] = []
    for (let after: string | undefined, pages = 0; pages === 0 || after !== undefined; pages++) {
      const { items, next } = await see<{ limit: number; after: string | undefined }, { items: { id: string }[]; next: string | null }>(
        list as never,
        { limit: 3, after },
      )
      assert.ok(items.length === 3 || next === null)
      seen.push(...ids({ items }))
      after = next ?? undefined
    }
    assert.deepEqual(seen, expected)
  }
  const moved = async (asked: object): Promise<string[]> => ids(await see(transfers, { ...page, ...asked }))
  assert.deepEqual(await moved({ loan: 'loan_2' }), [second['id']])
  assert.deepEqual(await moved({ loan: 'loan_22' }), [other['id']])
  assert.deepEqual(await moved({ loan: '%' }), [])
  const ofGift = await moved({ account: 'gift' })
  assert.deepEqual([ofGift, ofGift.length], [await moved({ loan: 'loan_1' }), 2])
})

test('the trial balance: debits and credits of each code, of one unit, now and as of a day', async () => {
  const told = async (asked: { on?: string; currency: string }) => {
    const { rows, ...rest } = await see(trialBalance, asked)
    return { ...rest, rows: rows.map(({ account: code, accounts: n, debit, credit }) => [code, n, debit, credit]) }
  }
  const now = {
    on: '2026-03-10',
    currency: 'INR',
    total: { debit: 700, credit: 700 },
    difference: 0,
    rows: [
      ['cash', 2, 689, 0],
      ['equity', 1, 0, 700],
      ['gift', 1, 0, 0],
      ['loans', 2, 11, 0],
    ],
  }
  assert.deepEqual(await told({ currency: 'INR' }), now)
  assert.deepEqual(await told({ currency: 'USD' }), {
    on: '2026-03-10',
    currency: 'USD',
    total: { debit: 7, credit: 7 },
    difference: 0,
    rows: [
      ['dollars', 1, 7, 0],
      ['vault', 1, 0, 7],
    ],
  })
  clock.advanceTo(Date.parse('2026-03-11T06:00:00Z'))
  await open('late', { code: 'late' })
  await move('next-day', 'shop', 'late', 9)
  assert.deepEqual((await told({ currency: 'INR', on: '2026-03-10' })).rows, now.rows)
  assert.deepEqual((await told({ currency: 'INR', on: '2026-03-09' })).rows, [])
  assert.deepEqual((await told({ currency: 'INR' })).rows.at(-2), ['late', 1, 9, 0])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '#kernel/db'
import { deactivate, reactivate } from '#kernel/identity'
import { system } from '#kernel/operations'
import { database } from '#test/database'
import { world } from '#test/world'
import { served } from '#test/world-http'
import { disburse, disburseOnAccepted, noteFailure } from './disburse.ts'

const w = await world(await database())
const { call } = await served(w)
const { body: product } = await w.product()

const countOf = async (loan: string): Promise<Record<string, bigint>> => {
  const [found] = await w.db.pool.query<Record<string, bigint>>(sql`
    select (select count(*) from ledger.transfer where key = ${`disbursal:${loan}`}) as transfers,
      (select count(*) from lending.movement where loan = ${loan} and kind = 'disbursal') as movements,
      (select count(*) from events.event where key = ${loan} and type = 'lending.disbursed.v1') as events,
      (select count(*) from lending.instalment where loan = ${loan}) as rows`)
  return { ...found }
}
const once = { transfers: 1n, movements: 1n, events: 1n, rows: 12n }

test('the reaction disburses once: net to the wallet, fee to income, tax apart, a schedule written', async () => {
  const loan = await w.activeLoan('meera', product.id)
  assert.deepEqual(await countOf(loan), once)
  const { body } = await call('ravi', `GET /api/v1/people/${w.who.meera.id}/wallet`)
  // A lakh less 2 % and 18 % tax on that.
  assert.equal(body['available'], 10_000_000 - 200_000 - 36_000)
  const sums = await w.db.pool.query<{ id: string; posted: bigint }>(
    sql`select id, posted from ledger.account where id in ('income:processing_fee', 'tax:gst_output') order by id`,
  )
  assert.deepEqual(
    sums.map(({ id, posted }) => [id, posted]),
    [
      ['income:processing_fee', -200_000n],
      ['tax:gst_output', -36_000n],
    ],
  )
})

test('the event delivered again, alone and ten times at once, disburses nothing more', async () => {
  const loan = await w.activeLoan('meera', product.id)
  const [event] = await w.db.pool.query<{ id: string }>(
    sql`select id::text as id from events.event where key = ${loan} and type = 'lending.accepted.v1'`,
  )
  const heard = { id: event?.id ?? '', key: loan, type: 'lending.accepted.v1', at: '2026-01-15T06:00:00Z', principal: 'x', data: { loan } }
  const principal = system('lending.disburse_on_accepted')
  const again = (): Promise<void> =>
    w.executor.transaction(async (session) => {
      const [outcome] = await session.together([[{ principal, body: (context) => disburseOnAccepted.handle(context, heard) }]])
      if (outcome && 'refused' in outcome) throw outcome.refused
    })
  await again()
  await Promise.all(Array.from({ length: 10 }, again))
  assert.deepEqual(await countOf(loan), once)
})

test('disbursing by hand what is disbursed is refused, however often and under whatever key', async () => {
  const loan = await w.activeLoan('meera', product.id)
  const came = await Promise.all(Array.from({ length: 20 }, () => call('kiran', `POST /api/v1/loans/${loan}/disbursal`)))
  for (const { status, code } of came) assert.deepEqual([status, code], [409, 'lending.not_accepted'])
  assert.deepEqual(await countOf(loan), once)
})

test('a disbursal that fails shows why, waits for a person, and is run again by hand', async () => {
  const loan = await w.application('meera', product.id)
  const person = w.who.meera.id as never
  await w.ask(w.who.asha, deactivate, { person, reason: 'papers expired' })
  await call('ravi', `POST /api/v1/loans/${loan}/acceptance`)
  await w.settled()
  const failed = (await call('kiran', `GET /api/v1/loans/${loan}`)).body
  assert.equal(failed['state'], 'accepted')
  assert.equal(failed['failure'], 'The person is deactivated.')
  assert.ok((failed['moves'] as unknown as string[]).includes('disburse'))
  const { body: overview } = await call('kiran', 'GET /api/v1/reports/overview')
  assert.equal((overview['waiting'] as unknown as { items: { loan: string }[] }).items[0]?.loan, loan)
  const refused = await call('kiran', `POST /api/v1/loans/${loan}/disbursal`)
  assert.deepEqual([refused.status, refused.code], [409, 'identity.deactivated'])
  assert.deepEqual(await countOf(loan), { transfers: 0n, movements: 0n, events: 0n, rows: 0n })

  await w.ask(w.who.asha, reactivate, { person })
  const done = await call('kiran', `POST /api/v1/loans/${loan}/disbursal`)
  assert.deepEqual([done.status, done.body['state'], done.body['net']], [200, 'active', 9_764_000])
  assert.deepEqual(await countOf(loan), once)
  assert.equal((await call('kiran', `GET /api/v1/loans/${loan}`)).body['failure'], null)

  // A failure that is told late, after somebody has disbursed by hand, is none any more.
  await w.asSystem(noteFailure, { loan, why: 'told late' })
  assert.equal((await call('kiran', `GET /api/v1/loans/${loan}`)).body['failure'], null)
  const told = await w.db.pool.query<{ body: string }>(
    sql`select body from events.event where key = ${loan} and type = 'lending.disbursal_failed.v1'`,
  )
  assert.deepEqual(
    told.map(({ body }) => (JSON.parse(body) as { data: { why: string } }).data.why),
    ['The person is deactivated.'],
  )
})

test('fifty disbursals at once by hand and by reaction pay out once', async () => {
  const loan = await w.application('meera', product.id)
  const accepted = call('meera', `POST /api/v1/loans/${loan}/acceptance`)
  const came = await Promise.all(Array.from({ length: 50 }, () => w.ask(w.who.kiran, disburse, { loan })))
  assert.equal((await accepted).status, 200)
  await w.settled()
  assert.ok(came.filter(({ status }) => status === 200).length <= 1)
  assert.deepEqual(await countOf(loan), once)
})

for (const [what, change, instalments] of [
  ['emi to the rupee', {}, 12],
  ['emi to the paisa, act/365', { dayCount: 'act/365', rounding: { instalment: 'paisa', residue: 'last' } }, 24],
  ['flat', { method: 'flat', rounding: { instalment: 'rupee_up', residue: 'last' } }, 9],
  ['equal principal, 30/360', { method: 'equal_principal', dayCount: '30/360' }, 7],
  ['bullet, act/act', { method: 'bullet', dayCount: 'act/act', annualRate: '23.99' }, 6],
] as const)
  test(`what the calculator quotes is what a disbursal posts: ${what}`, async () => {
    const { body: sold } = await w.product(change)
    const loan = await w.activeLoan('meera', sold.id, { instalments, principal: 7_654_300 })
    const { body: terms } = await call('meera', `GET /api/v1/loans/${loan}`)
    const { annualRate, method, frequency, dayCount, rounding } = sold
    const request = { principal: 7_654_300, currency: 'INR', annualRate, instalments, frequency, method, dayCount, rounding }
    const dates = { disbursedOn: terms['disbursedOn'], firstDueOn: terms['firstDueOn'] }
    const fees = [{ name: 'processing', amount: terms['fee'], taxRate: sold.fee.taxRate, paid: 'deducted' }]
    const { body: quoted } = await call(null, 'POST /api/v1/loan-quotes', { body: { ...request, ...dates, fees } })
    const kept = (await call('meera', `GET /api/v1/loans/${loan}/schedule`)).body['items'] as unknown as Record<string, unknown>[]
    const figures = ({ number, dueOn, opening, principal, interest, total, closing }: Record<string, unknown>): unknown[] => [
      number,
      dueOn,
      opening,
      principal,
      interest,
      total,
      closing,
    ]
    assert.deepEqual(kept.map(figures), (quoted['schedule'] as unknown as Record<string, unknown>[]).map(figures))
    assert.deepEqual(
      [terms['apr'], terms['netDisbursed'], terms['instalment']],
      [quoted['apr'], quoted['netDisbursed'], quoted['instalment']],
    )
  })

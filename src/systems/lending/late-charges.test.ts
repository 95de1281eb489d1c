import assert from 'node:assert/strict'
import { test } from 'node:test'
import { database } from '#test/database'
import { world } from '#test/world'
import { served } from '#test/world-http'

const w = await world(await database())
const { call } = await served(w)
const { body: product } = await w.product()
const loan = await w.activeLoan('meera', product.id)

type Row = Readonly<{ number: number; dueOn: string; lateCharge: number; daysLate: number; state: string }>
const rows = async (): Promise<readonly Row[]> => (await call('ravi', `GET /api/v1/loans/${loan}/schedule`)).body['items'] as never
const pay = async (amount: number): Promise<number> => {
  const body = { payment: `slip-${w.clock.today()}-${amount}`, amount, currency: 'INR', from: 'cash' }
  const { status, body: told } = await call('ravi', `POST /api/v1/loans/${loan}/repayments`, { body })
  assert.equal(status, 201)
  return (told['split'] as unknown as { lateCharge: number }).lateCharge
}

// Instalments of 9,026.00 on the 15th, 0.05 % a day of what is overdue.
test('a row paid in parts while late bears its charge on what was unpaid of it, day by day', async () => {
  await w.travelTo('2026-02-25')
  // Ten days on the whole: 45.13. The part pays the charge and 8,000.00 of the instalment.
  assert.equal(await pay(4_513 + 800_000), 4_513)
  await w.travelTo('2026-03-07')
  // Ten more on 1,026.00: 5.13.
  assert.deepEqual((await rows())[0], { ...(await rows())[0], lateCharge: 4_513 + 513, daysLate: 20, state: 'late' })
  assert.equal(await pay(513 + 102_600), 513)
  const [first, second] = await rows()
  assert.deepEqual([first?.lateCharge, first?.daysLate, first?.state], [5_026, 20, 'paid'])
  assert.deepEqual([second?.lateCharge, second?.daysLate], [0, 0])
})

test('the charges of several rows are together the loan’s own, to the paisa, and stand still once all is paid', async () => {
  await w.travelTo('2026-04-22')
  const charged = (await rows()).map(({ lateCharge }) => lateCharge)
  // The second: 38 days on 9,026.00, 171.494; the third: 7 days, 31.591. All three are 253.345, rounded once: the third adds 31.60.
  assert.deepEqual(charged.slice(0, 4), [5_026, 17_149, 3_160, 0])
  const { body } = await call('ravi', `GET /api/v1/loans/${loan}`)
  const { toPay, overdue } = body as unknown as { toPay: number; overdue: { lateCharge: number } }
  assert.equal(overdue.lateCharge, 17_149 + 3_160)
  assert.equal(await pay(toPay), overdue.lateCharge)
  await w.travelTo('2026-04-29')
  assert.deepEqual(
    (await rows()).map(({ lateCharge }) => lateCharge),
    charged,
  )
  assert.deepEqual(
    (await rows()).slice(0, 4).map(({ daysLate }) => daysLate),
    [20, 38, 7, 0],
  )
})

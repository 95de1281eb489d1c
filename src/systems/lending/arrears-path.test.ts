import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addDays } from '#kernel/money'
import { database } from '#test/database'
import { world } from '#test/world'
import { served } from '#test/world-http'

const w = await world(await database())
const { call } = await served(w)
const { body: product } = await w.product()
const loan = await w.activeLoan('meera', product.id)
const due = '2026-02-15'

const look = async (): Promise<{ dpd: number; bucket: string; toPay: number; overdue: { amount: number } | null }> =>
  (await call('ravi', `GET /api/v1/loans/${loan}`)).body as never
const listed = async (query: string): Promise<number> =>
  ((await call('ravi', `GET /api/v1/loans?${query}`)).body['items'] as unknown as unknown[]).length
const pay = (amount: number) =>
  call('ravi', `POST /api/v1/loans/${loan}/repayments`, {
    body: { payment: `slip-${amount}-${w.clock.today()}`, amount, currency: 'INR', from: 'cash' },
  })

// Days after the due date, days past due at that day's end, and the class: SMA-1 from 31, SMA-2 from 61, NPA above 90 (RBI, 12 Nov 2021).
const course: readonly (readonly [after: number, dpd: number, bucket: string])[] = [
  [-1, 0, 'current'],
  [0, 1, 'SMA-0'],
  [29, 30, 'SMA-0'],
  [30, 31, 'SMA-1'],
  [59, 60, 'SMA-1'],
  [60, 61, 'SMA-2'],
  [89, 90, 'SMA-2'],
  [90, 91, 'NPA'],
]
const classes = ['current', 'SMA-0', 'SMA-1', 'SMA-2', 'NPA']

for (const [after, dpd, bucket] of course)
  test(`${after} days after the due date: ${dpd} days past due, ${bucket}, in loan, list and overview alike`, async () => {
    await w.travelTo(addDays(due, after))
    const found = await look()
    assert.deepEqual([found.dpd, found.bucket], [dpd, bucket])
    for (const one of classes) assert.equal(await listed(`bucket=${one}`), one === bucket ? 1 : 0, one)
    if (dpd > 0) assert.deepEqual([await listed(`dpd=${dpd}`), await listed(`dpd=${dpd + 1}`)], [1, 0])
    const { byBucket } = (await call('ravi', 'GET /api/v1/reports/overview')).body as unknown as {
      byBucket: { bucket: string; loans: number }[]
    }
    assert.deepEqual(
      byBucket.filter(({ loans }) => loans > 0).map((one) => one.bucket),
      [bucket],
    )
  })

test('non-performing stays so through payments of part, until nothing is in arrears', async () => {
  const { toPay } = await look()
  const asked = await call('ravi', `GET /api/v1/loans/${loan}/repayment-quote?amount=${toPay - 902_600}`)
  await pay(toPay - 902_600)
  const part = await look()
  assert.equal((asked.body['after'] as unknown as { bucket: string }).bucket, 'NPA')
  assert.ok(part.dpd > 0 && part.dpd < 91, `${part.dpd}`)
  assert.equal(part.bucket, 'NPA')
  for (const one of classes) assert.equal(await listed(`bucket=${one}`), one === 'NPA' ? 1 : 0, one)
  await pay(part.toPay)
  const clear = await look()
  assert.deepEqual([clear.dpd, clear.bucket, clear.overdue], [0, 'current', null])
  assert.equal(await listed('bucket=current'), 1)
})

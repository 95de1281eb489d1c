import assert from 'node:assert/strict'
import { test } from 'node:test'
import { database } from '#test/database'
import { world } from '#test/world'
import { served } from '#test/world-http'

const w = await world(await database())
const { call } = await served(w)
const { body: product } = await w.product()
const wallet = async (): Promise<number> => Number((await call('meera', `GET /api/v1/people/${w.who.meera.id}/wallet`)).body['available'])

test('nobody pays more from a wallet than it holds, though the rest would go back into it', async () => {
  const loan = await w.activeLoan('meera', product.id)
  const held = await wallet()
  const pay = (amount: number, payment: string) =>
    call('meera', `POST /api/v1/loans/${loan}/repayments`, { body: { payment, amount, currency: 'INR', from: 'wallet' } })
  // Beside others of a group, too.
  const [beyond, far, within] = await Promise.all([pay(held + 1, 'a'), pay(900_000_000_000_000, 'b'), pay(100, 'c')])
  assert.deepEqual(
    [beyond, far, within].map(({ status, code }) => [status, code]),
    [
      [422, 'ledger.insufficient'],
      [422, 'ledger.insufficient'],
      [201, undefined],
    ],
  )
  assert.deepEqual(beyond.body['facts'], { account: `wallet:${w.who.meera.id}`, available: String(held), least: '0', unit: 'INR' })
  assert.equal(await wallet(), held - 100)
  const all = await pay(held - 100, 'a')
  assert.equal(all.status, 201)
  assert.equal(await wallet(), held - 902_600)
})

for (const desk of ['deposits', 'withdrawals'] as const)
  test(`${desk}: one slip is cash once, and of another currency none`, async () => {
    await w.paidIn('tara', 5_000)
    const over = (currency: string, amount: number, payment: string = desk) =>
      call('ravi', `POST /api/v1/people/${w.who.tara.id}/${desk}`, { body: { payment, amount, currency } })
    const held = async (): Promise<unknown> => (await call('tara', `GET /api/v1/people/${w.who.tara.id}/wallet`)).body['posted']
    const before = Number(await held())
    const euro = await over('EUR', 700)
    assert.deepEqual([euro.status, euro.code, euro.body['facts']], [422, 'lending.currency_mismatch', { given: 'EUR', expected: 'INR' }])
    const first = await over('INR', 700)
    assert.equal(first.status, 201)
    // Even where it says other than the first time: the slip is known, and the receipt of what was booked is told.
    for (const again of [await over('INR', 700), await over('INR', 1), await over('EUR', 700)])
      assert.deepEqual(
        [again.status, again.code, again.body['facts']],
        [409, 'lending.payment_known', { payment: desk, receipt: first.body['receipt'] }],
      )
    assert.equal(await held(), before + (desk === 'deposits' ? 700 : -700))
  })

test('whoever stands at the desk may say that cash was given: a cashier, and an administrator', async () => {
  const loan = await w.activeLoan('meera', product.id)
  for (const [who, status] of [
    ['asha', 201],
    ['ravi', 201],
    ['meera', 422],
  ] as const) {
    const body = { payment: `by-${who}`, amount: 100, currency: 'INR', from: 'cash' }
    assert.equal((await call(who, `POST /api/v1/loans/${loan}/repayments`, { body })).status, status, who)
  }
})

test('cash over the desk asks nothing of the wallet, however little it holds', async () => {
  const loan = await w.activeLoan('meera', product.id)
  const all = { payment: 'all out', amount: await wallet(), currency: 'INR' }
  assert.equal((await call('ravi', `POST /api/v1/people/${w.who.meera.id}/withdrawals`, { body: all })).status, 201)
  const body = { payment: 'in cash', amount: 100, currency: 'INR', from: 'cash' }
  assert.equal((await call('ravi', `POST /api/v1/loans/${loan}/repayments`, { body })).status, 201)
})

test('nobody’s wallet is not found', async () => {
  const { status, code } = await call('ravi', `GET /api/v1/people/person_${'0'.repeat(26)}/wallet`)
  assert.deepEqual([status, code], [404, 'identity.person_unknown'])
})

test('a loan with a figure that no number of JSON tells exactly is not taken', async () => {
  const change = { principal: { min: 1, max: 999_999_999_999_999 }, annualRate: '1000', fee: { rate: '0', taxRate: '0' } }
  const { body: dear } = await w.product({ ...change, method: 'bullet' })
  const ask = (instalments: number) => w.application('meera', dear.id, { principal: 999_999_999_999_999, instalments })
  assert.equal(await ask(8).then((id) => id.slice(0, 5)), 'loan_')
  const apply = { person: w.who.meera.id, product: dear.id, principal: 999_999_999_999_999, currency: 'INR', instalments: 9 }
  const { status, code } = await call('meera', 'POST /api/v1/loans', { body: apply })
  assert.deepEqual([status, code], [422, 'lending.quote_too_large'])
})

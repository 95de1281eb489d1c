const person = 'person_01k6vq8m2x0w3y4z5a6b7c8d9e'
const product = 'product_01k6vq8m2x0w3y4z5a6b7c8d9f'
const loan = { principal: 10_000_000, currency: 'INR', instalments: 12 }
const money = { payment: 'till-7-0042', amount: 902_600, currency: 'INR' }
const said = (reason: string) => ({ reason })

/** A body for every call that takes one, by the operation's name: shown in /docs and openapi.json, and each such as its schema takes. */
export const examples: Readonly<Record<string, unknown>> = {
  'identity.sign_in': { login: 'ravi@demo', password: 'the password of the start' },
  'identity.refresh': { refreshToken: 'session_01k6….tPiHK1bj…' },
  'identity.set_up': {
    token: 'from the link of the first start',
    name: 'Asha Menon',
    phone: '+919845012345',
    login: 'asha',
    password: 'seven quiet lanterns',
  },
  'identity.register': { name: 'Meera Iyer', phone: '+919845012346', email: 'meera@example.in', pan: 'ABCPM0001K' },
  'identity.give_login': { login: 'meera', password: 'seven quiet lanterns', roles: ['borrower'] },
  'identity.change_roles': { roles: ['cashier'] },
  'identity.change_password': { currentPassword: 'seven quiet lanterns', newPassword: 'eight louder drums' },
  'identity.deactivate': said('Left the company.'),
  'lending.deposit': money,
  'lending.withdraw': { ...money, payment: 'till-7-0043' },
  'lending.make_product': {
    name: 'Personal loan',
    currency: 'INR',
    principal: { min: 2_500_000, max: 50_000_000 },
    instalments: { min: 3, max: 48 },
    annualRate: '14.25',
    fee: { rate: '2', taxRate: '18' },
    lateCharge: { perDay: '0.05', rule: 'india-rbi' },
    foreclosure: { chargeRate: '3', taxRate: '18' },
  },
  'lending.quote': {
    ...loan,
    annualRate: '15',
    frequency: 'monthly',
    method: 'emi',
    dayCount: 'per_period',
    disbursedOn: '2026-01-31',
    firstDueOn: '2026-02-28',
    rounding: { instalment: 'rupee_nearest', residue: 'last' },
    fees: [{ name: 'Processing', amount: 200_000, taxRate: '18', paid: 'deducted' }],
  },
  'lending.apply': { person, product, ...loan },
  'lending.reject': said('The income could not be shown.'),
  'lending.repay': { ...money, from: 'cash', excess: 'wallet' },
  'lending.reverse_repayment': said('The cheque came back.'),
  'lending.foreclose': { quoteId: 'quote_8b924fa0075b2af4002d1042803f4886', on: '2026-04-17', total: 7_603_064, from: 'wallet' },
  'ledger.open_account': { id: 'stock:red-42', unit: 'SKU:RED-42', min: 0 },
  'ledger.transfer': {
    key: 'invoice-2026-0042',
    legs: [
      { account: 'cash', amount: 118_000, unit: 'INR' },
      { account: 'income:processing_fee', amount: -100_000, unit: 'INR' },
      { account: 'tax:gst_output', amount: -18_000, unit: 'INR' },
    ],
  },
  'ledger.reverse': said('Booked twice.'),
  'ledger.hold': { account: `wallet:${person}`, to: 'cash', amount: 50_000, expiresAt: '2026-04-30T18:30:00Z' },
  'ledger.capture': { amount: 20_000 },
  'breakers.order': { action: 'force_open', reason: 'The bureau told us of its maintenance.' },
  'jobs.move_clock': { to: '2026-05-01T04:00:00Z' },
}

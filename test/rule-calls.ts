import { database } from './database.ts'
import { ruledStage } from './rule-stage.ts'
import { staged } from './stage.ts'
import { password, type Who, wholeProgram } from './whole-program.ts'

export const db = await database()
export const whole = await wholeProgram(db)
const stage = await staged(whole, db)
const at = await ruledStage(whole, stage, db)
const { players } = whole

type Body = Readonly<Record<string, unknown>>
export interface Request {
  readonly who: Who | null
  readonly target: string
  readonly body?: Body
}
type Change = (request: Request) => Request

/** A call, and for each refusal of absence, state and rule that its declaration names, what makes it so; or why one call cannot. */
export interface Ruled {
  readonly request: Request
  readonly wrong: Readonly<Record<string, Change>>
  readonly unmet?: Readonly<Record<string, string>>
}

const body =
  (change: Body): Change =>
  (r) => ({ ...r, body: { ...r.body, ...change } })
const by =
  (who: Who): Change =>
  (r) => ({ ...r, who })
const both =
  (...changes: readonly Change[]): Change =>
  (r) =>
    changes.reduce((so, change) => change(so), r)
/** Another object of its kind in the address. */
const instead =
  (kind: 'people' | 'loans' | 'repayments' | 'transfers' | 'holds' | 'dead-letters', id: string): Change =>
  (r) => ({ ...r, target: r.target.replace(new RegExp(`/${kind}/[^/?]+`), `/${kind}/${id}`) })
const asked =
  (query: string): Change =>
  (r) => ({ ...r, target: `${r.target}&${query}` })
const asIs: Change = (r) => r
const legs =
  (...changes: readonly Body[]): Change =>
  (r) => ({ ...r, body: { ...r.body, legs: ((r.body?.['legs'] ?? []) as readonly Body[]).map((leg, n) => ({ ...leg, ...changes[n] })) } })
const none = (prefix: string): string => `${prefix}_${'0'.repeat(26)}`

const [mine, devs] = [stage.of.borrower, stage.of.dev]
const dev = players.dev.id
const cash = { payment: 'new', amount: 1_000, currency: 'INR' }
const decision = (move: string, given?: Body): Ruled => ({
  request: { who: 'credit_officer', target: `POST /api/v1/loans/${at.referred}/${move}`, ...(given ? { body: given } : {}) },
  wrong: {
    'lending.loan_unknown': instead('loans', none('loan')),
    'lending.not_referred': instead('loans', at.accepted),
    'lending.own_application': by('admin'),
  },
})
const atDesk = (kind: string, known: string): Ruled => ({
  request: { who: 'cashier', target: `POST /api/v1/people/${players.borrower.id}/${kind}`, body: cash },
  wrong: {
    'identity.person_unknown': instead('people', none('person')),
    'lending.payment_known': body({ payment: known }),
    'lending.currency_mismatch': body({ currency: 'USD' }),
    ...(kind === 'withdrawals' ? { 'ledger.insufficient': body({ amount: 900_000_000 }) } : {}),
  },
  unmet: { 'ledger.account_differs': 'a wallet would have to be opened by hand; kernel/ledger tests it' },
})
const onHold = (move: string, more: Ruled['wrong'] = {}): Ruled => ({
  request: { who: 'admin', target: `POST /api/v1/ledger/holds/${stage.hold}/${move}`, body: {} },
  wrong: { 'ledger.hold_unknown': instead('holds', 'hold_none'), 'ledger.hold_not_open': instead('holds', at.released), ...more },
})
const soon = { 'seal.row_unsealed': 'a row waits for its seal less than a second; kernel/seal tests it' }
const brimming = { 'ledger.amount_too_large': 'an account would have to be full to the brim; kernel/ledger tests it' }
const priced = { 'lending.instalment_below_interest': 'what was priced at the application is priced alike at the disbursal' }

/** One call of every operation and view that can refuse for two of absence (404), state (409) and rule (422). */
export const ruled: Readonly<Record<string, Ruled>> = {
  'identity.set_up': {
    request: {
      who: null,
      target: 'POST /api/v1/set-up',
      body: { token: 'open', name: 'A', phone: '+919999901099', login: 'first', password },
    },
    wrong: {
      'identity.already_set_up': body({ token: 'used' }),
      'identity.invitation_invalid': body({ token: 'none' }),
    },
    unmet: { 'identity.password_weak': 'where somebody has a login, as here, every link is used up' },
  },
  'identity.give_login': {
    request: { who: 'admin', target: `POST /api/v1/people/${at.fresh}/login`, body: { login: 'fresh', password, roles: ['cashier'] } },
    wrong: {
      'identity.person_unknown': instead('people', none('person')),
      'identity.deactivated': instead('people', at.left),
      'identity.login_given': instead('people', dev),
      'identity.login_known': body({ login: 'admin' }),
      'identity.password_weak': body({ password: 'password123' }),
    },
  },
  'identity.change_roles': {
    request: { who: 'admin', target: `PUT /api/v1/people/${dev}/roles`, body: { roles: ['cashier'] } },
    wrong: {
      'identity.person_unknown': instead('people', none('person')),
      'identity.no_login': instead('people', at.fresh),
      'identity.last_admin': instead('people', players.admin.id),
    },
  },
  'identity.change_password': {
    request: {
      who: 'cashier',
      target: `PUT /api/v1/people/${players.cashier.id}/password`,
      body: { currentPassword: password, newPassword: 'Sun over the Deccan' },
    },
    wrong: { 'identity.person_unknown': instead('people', dev), 'identity.password_weak': body({ newPassword: 'password123' }) },
  },
  'identity.deactivate': {
    request: { who: 'admin', target: `POST /api/v1/people/${dev}/deactivation`, body: { reason: 'moved away' } },
    wrong: {
      'identity.person_unknown': instead('people', none('person')),
      'identity.deactivated': instead('people', at.left),
      'identity.last_admin': instead('people', players.admin.id),
    },
  },
  'lending.deposit': atDesk('deposits', at.takenIn),
  'lending.withdraw': atDesk('withdrawals', at.takenOut),
  'lending.make_product': {
    request: { who: 'admin', target: 'POST /api/v1/loan-products', body: at.product },
    wrong: {
      'lending.product_unknown': body({ product: none('product') }),
      'lending.currency_mismatch': body({ currency: 'USD' }),
      'lending.fees_exceed_principal': body({ fee: { rate: '100', taxRate: '0' } }),
    },
  },
  'lending.apply': {
    request: {
      who: 'admin',
      target: 'POST /api/v1/loans',
      body: { person: dev, product: stage.product, principal: 10_000_000, currency: 'INR', instalments: 12 },
    },
    wrong: {
      'identity.person_unknown': body({ person: none('person') }),
      'lending.product_unknown': body({ product: none('product') }),
      'identity.deactivated': body({ person: at.left }),
      'lending.currency_mismatch': body({ currency: 'USD' }),
      'lending.principal_out_of_range': body({ principal: 1_000_000_000 }),
      'lending.instalments_out_of_range': body({ instalments: 61 }),
      'lending.fees_exceed_principal': body({ product: at.costly, principal: 10 }),
      'lending.instalment_below_interest': body({ product: at.tiny, principal: 100 }),
      'lending.quote_too_large': body({ product: at.dear, principal: 999_999_999_999_999 }),
    },
  },
  'lending.approve': decision('approval'),
  'lending.reject': decision('rejection', { reason: 'too much owed already' }),
  'lending.accept': {
    request: { who: 'borrower', target: `POST /api/v1/loans/${at.offered}/acceptance` },
    wrong: { 'lending.loan_unknown': instead('loans', none('loan')), 'lending.not_offered': instead('loans', mine.loan) },
    unmet: { 'lending.offer_expired': 'days would have to pass; lending tests it' },
  },
  'lending.disburse': {
    request: { who: 'cashier', target: `POST /api/v1/loans/${at.accepted}/disbursal` },
    wrong: {
      'lending.loan_unknown': instead('loans', none('loan')),
      'lending.not_accepted': instead('loans', mine.loan),
      'identity.deactivated': asIs,
    },
    unmet: priced,
  },
  'lending.repayment_quote': {
    request: { who: 'cashier', target: `GET /api/v1/loans/${mine.loan}/repayment-quote?amount=1000` },
    wrong: {
      'lending.loan_unknown': instead('loans', none('loan')),
      'lending.loan_not_active': instead('loans', at.ended),
    },
  },
  'lending.repay': {
    request: { who: 'cashier', target: `POST /api/v1/loans/${mine.loan}/repayments`, body: { ...cash, from: 'cash' } },
    wrong: {
      'lending.loan_unknown': instead('loans', none('loan')),
      'lending.payment_known': body({ payment: 'stage-dev' }),
      'lending.loan_not_active': instead('loans', at.ended),
      'lending.currency_mismatch': body({ currency: 'USD' }),
      'lending.cash_by_staff_only': both(by('borrower'), body({ from: 'cash' })),
      'ledger.insufficient': body({ from: 'wallet', excess: 'prepay' }),
    },
  },
  'lending.reverse_repayment': {
    request: {
      who: 'cashier',
      target: `POST /api/v1/loans/${devs.loan}/repayments/${at.overpaid}/reversal`,
      body: { reason: 'bounced' },
    },
    wrong: {
      'lending.loan_unknown': instead('loans', none('loan')),
      'lending.repayment_unknown': instead('repayments', none('repayment')),
      'lending.repayment_reversed': instead('repayments', at.reversedRepayment),
      'lending.loan_not_active': both(instead('loans', at.ended), instead('repayments', at.endedRepayment)),
      'ledger.insufficient': asIs,
    },
  },
  'lending.foreclosure_quote': {
    request: { who: 'cashier', target: `GET /api/v1/loans/${mine.loan}/foreclosure-quote?` },
    wrong: {
      'lending.loan_unknown': instead('loans', none('loan')),
      'lending.loan_not_active': instead('loans', at.ended),
      'lending.date_passed': asked('on=2026-01-14'),
      'lending.date_too_far': asked('on=9999-12-31'),
    },
    unmet: { 'lending.quote_too_large': 'it takes a debt of 16 digits; systems/lending tests it' },
  },
  'lending.foreclose': {
    request: { who: 'cashier', target: `POST /api/v1/loans/${mine.loan}/foreclosure`, body: { ...at.quote, from: 'cash' } },
    wrong: {
      'lending.loan_unknown': instead('loans', none('loan')),
      'lending.loan_not_active': instead('loans', at.ended),
      'lending.quote_stale': body({ quoteId: 'quote_none' }),
      'lending.cash_by_staff_only': both(by('borrower'), body({ from: 'cash' })),
      'ledger.insufficient': body({ from: 'wallet' }),
    },
  },
  'ledger.transfer': {
    request: {
      who: 'admin',
      target: 'POST /api/v1/ledger/transfers',
      body: {
        key: 'new',
        legs: [
          { account: 'stage:a', amount: 5, unit: 'INR' },
          { account: 'stage:b', amount: -5, unit: 'INR' },
        ],
      },
    },
    wrong: {
      'ledger.account_unknown': legs({ account: 'none' }),
      'ledger.transfer_known': body({ key: 'stage' }),
      'ledger.unit_mismatch': legs({ unit: 'USD' }),
      'ledger.account_twice': legs({}, { account: 'stage:a' }),
      'ledger.unbalanced': legs({ amount: 6 }),
      'ledger.amount_too_large': body({ legs: at.tooMuch }),
      'ledger.insufficient': legs({}, { account: 'ruled:guarded' }),
    },
  },
  'ledger.reverse': {
    request: { who: 'admin', target: `POST /api/v1/ledger/transfers/${at.movedOn}/reversal`, body: { reason: 'as if wrong' } },
    wrong: {
      'ledger.transfer_unknown': instead('transfers', none('transfer')),
      'ledger.not_by_hand': instead('transfers', at.byLending),
      'ledger.already_reversed': instead('transfers', at.undone),
      'ledger.insufficient': asIs,
    },
  },
  'ledger.hold': {
    request: {
      who: 'admin',
      target: 'POST /api/v1/ledger/holds',
      body: { account: 'stage:a', to: 'stage:b', amount: 1, expiresAt: '2099-01-01T00:00:00Z' },
    },
    wrong: {
      'ledger.account_unknown': body({ account: 'none' }),
      'ledger.account_twice': body({ to: 'stage:a' }),
      'ledger.unit_mismatch': body({ to: 'ruled:usd' }),
      'ledger.expiry_past': body({ expiresAt: '2026-01-01T00:00:00Z' }),
      'ledger.insufficient': body({ account: 'ruled:guarded' }),
    },
    unmet: brimming,
  },
  'ledger.capture': {
    ...onHold('capture', {
      'ledger.hold_exceeded': body({ amount: 100_000 }),
      'ledger.insufficient': instead('holds', at.toCredit),
    }),
    unmet: { ...brimming, 'ledger.account_twice': 'no such hold can be made any more' },
  },
  'ledger.release': onHold('release'),
  'events.replay': {
    request: { who: 'admin', target: `POST /api/v1/dead-letters/${stage.letter}/replay` },
    wrong: { 'events.letter_unknown': instead('dead-letters', 'letter_none') },
    unmet: { 'events.letter_not_dead': 'a letter is tried for a moment only; kernel/events tests it' },
  },
  'jobs.move_clock': {
    request: { who: 'admin', target: 'POST /api/v1/sandbox/clock', body: {} },
    wrong: { 'jobs.clock_backward': body({ to: '2020-01-01T00:00:00Z' }), 'jobs.clock_too_far': body({ to: '2099-01-01T00:00:00Z' }) },
    unmet: { 'jobs.schedule_failed': 'a schedule would have to fail; kernel/jobs tests it' },
  },
  'seal.proofs': {
    request: { who: 'auditor', target: `GET /api/v1/seal/proofs?stream=transfer` },
    wrong: { 'seal.row_unknown': asked('id=none') },
    unmet: soon,
  },
  'seal.receipt': {
    request: { who: 'auditor', target: `GET /api/v1/ledger/transfers/${stage.transfer}/receipt` },
    wrong: { 'seal.row_unknown': instead('transfers', 'none') },
    unmet: soon,
  },
}

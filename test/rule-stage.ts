import { hash } from 'node:crypto'
import { Connection, sql } from '#kernel/db'
import type { TestDatabase } from './database.ts'
import type { Stage } from './stage.ts'
import { type Heard, settled, type Who, type Whole } from './whole-program.ts'

type Body = Readonly<Record<string, unknown>>
type Must = (who: Who, target: string, body?: Body) => Promise<Heard['body']>

/** Beside the stage, what state and rules are broken with: loans in every state, somebody who left, money that is spent. */
export async function ruledStage(whole: Whole, stage: Stage, db: TestDatabase) {
  let calls = 0
  const must: Must = async (who, target, body = {}) => {
    const heard = await whole.ask(who, target, target.startsWith('GET') ? {} : { body, key: `ruled-${++calls}` })
    if (heard.status >= 300) throw new Error(`${target}: ${heard.text}`)
    await settled(whole)
    return heard.body
  }
  const idOf = async (...call: Parameters<Must>): Promise<string> => String((await must(...call))['id'])
  const person = (at: number): Promise<string> =>
    idOf('admin', 'POST /api/v1/people', { name: 'Somebody else', phone: `+91999990100${at}`, pan: 'ABCPM0001K' })
  const [left, fresh] = [await person(1), await person(2)]
  const loans = await loansInStates(whole, stage, { idOf, must, left })
  await must('admin', `POST /api/v1/people/${left}/deactivation`, { reason: 'moved away' })
  await must('cashier', `POST /api/v1/loans/${loans.accepted}/acceptance`)
  const books = await guarded(must, idOf)
  await invitations(db)
  const spent = await spendAll(whole, stage, { idOf, must })
  const { quoteId, on, total } = await must('cashier', `GET /api/v1/loans/${stage.of.borrower.loan}/foreclosure-quote`)
  const product = { ...(await must('admin', `GET /api/v1/loan-products/${stage.product}`)) }
  for (const field of ['id', 'version', 'state']) delete product[field]
  const make = (change: Body) => idOf('admin', 'POST /api/v1/loan-products', { ...product, ...change })
  // Rounding alone leaves something of the least and of the most, and nothing of what lies between.
  const costly = await make({ fee: { rate: '49.5', taxRate: '100' }, principal: { min: 1, max: 101 } })
  const tiny = await make({
    annualRate: '60',
    principal: { min: 1, max: 100_000_000 },
    rounding: { instalment: 'rupee_nearest', residue: 'last' },
  })
  const dear = await make({ annualRate: '1000', method: 'bullet', principal: { min: 1, max: 999_999_999_999_999 } })
  return { left, fresh, ...loans, ...books, ...spent, quote: { quoteId, on, total }, product, costly, tiny, dear }
}

interface Making {
  readonly must: Must
  readonly idOf: (...call: Parameters<Must>) => Promise<string>
}

async function loansInStates({ players }: Whole, { product }: Stage, { idOf, must, left }: Making & { readonly left: string }) {
  const apply = (who: Who, person: string, instalments = 12): Promise<string> =>
    idOf(who, 'POST /api/v1/loans', { product, person, instalments, principal: 10_000_000, currency: 'INR' })
  const { borrower, dev } = players
  // Asked for by the administrator, who therefore may not decide on them.
  const [referred, accepted, offered] = [await apply('admin', dev.id), await apply('admin', left), await apply('borrower', borrower.id)]
  const ended = await apply('borrower', borrower.id, 3)
  await must('borrower', `POST /api/v1/loans/${ended}/acceptance`)
  const part = { payment: 'ruled-part', amount: 5_000, currency: 'INR', from: 'cash' }
  const endedRepayment = await idOf('cashier', `POST /api/v1/loans/${ended}/repayments`, part)
  const { quoteId, total, on } = await must('cashier', `GET /api/v1/loans/${ended}/foreclosure-quote`)
  await must('cashier', `POST /api/v1/loans/${ended}/foreclosure`, { quoteId, total, on, from: 'cash' })
  return { referred, accepted, offered, ended, endedRepayment }
}

/** Accounts that may not fall below zero or hold another unit, a transfer whose amount has moved on, one that was undone, a hold that is over. */
async function guarded(must: Must, idOf: Making['idOf']) {
  const open = (id: string, more: Body) =>
    must('admin', 'POST /api/v1/ledger/accounts', { id, code: 'ruled', unit: 'INR', side: 'debit', min: null, ...more })
  await open('ruled:guarded', { min: 0 })
  await open('ruled:usd', { unit: 'USD' })
  const move = (key: string, amount: number): Promise<string> =>
    idOf('admin', 'POST /api/v1/ledger/transfers', {
      key,
      legs: [
        { account: 'ruled:guarded', amount, unit: 'INR' },
        { account: 'stage:b', amount: -amount, unit: 'INR' },
      ],
    })
  const [movedOn, undone] = [await move('ruled-in', 5), await move('ruled-undone', 7)]
  await must('admin', `POST /api/v1/ledger/transfers/${undone}/reversal`, { reason: 'as if wrong' })
  await move('ruled-out', -5)
  const held = { account: 'stage:a', to: 'stage:b', amount: 10, expiresAt: '2099-01-01T00:00:00Z' }
  const released = await idOf('admin', 'POST /api/v1/ledger/holds', held)
  await must('admin', `POST /api/v1/ledger/holds/${released}/release`)
  // Of a credit account money cannot be taken into, below its guard.
  await open('ruled:credit', { side: 'credit', min: 0 })
  const toCredit = await idOf('admin', 'POST /api/v1/ledger/holds', { ...held, to: 'ruled:credit' })
  return { movedOn, undone, released, toCredit, tooMuch: await brimming(must, open) }
}

/** Legs past what a number holds, of accounts that are filled up to it: nine of the largest amounts. */
async function brimming(must: Must, open: (id: string, more: Body) => Promise<unknown>): Promise<readonly Body[]> {
  const most = 999_999_999_999_999
  for (const id of ['ruled:vast', 'ruled:void']) await open(id, {})
  const legs = [
    { account: 'ruled:vast', amount: most, unit: 'INR' },
    { account: 'ruled:void', amount: -most, unit: 'INR' },
  ]
  for (let n = 0; n < 9; n++) await must('admin', 'POST /api/v1/ledger/transfers', { key: `ruled-vast-${n}`, legs })
  return legs
}

async function invitations(db: TestDatabase): Promise<void> {
  const owner = await Connection.open(db.owner)
  try {
    await owner.execute(sql`
      insert into identity.invitation (token, expires_at, used_at)
      values (${hash('sha256', 'open')}, now() + interval '1 day', null), (${hash('sha256', 'used')}, now() + interval '1 day', now())`)
  } finally {
    await owner.close()
  }
}

/** The borrower has paid the next instalment; a repayment of dev's left money in the wallet; both have spent what the wallets held. */
async function spendAll({ players }: Whole, { of }: Stage, { idOf, must }: Making) {
  const pay = (loan: string, payment: string, amount: number): Promise<string> =>
    idOf('cashier', `POST /api/v1/loans/${loan}/repayments`, { payment, amount, currency: 'INR', from: 'cash' })
  await pay(of.borrower.loan, 'ruled-ahead', 500_000)
  const undone = await pay(of.dev.loan, 'ruled-undone', 1_000)
  await must('cashier', `POST /api/v1/loans/${of.dev.loan}/repayments/${undone}/reversal`, { reason: 'as if wrong' })
  const overpaid = await pay(of.dev.loan, 'ruled-over', 2_000_000)
  const takenIn = 'ruled-in'
  const { receipt } = await must('cashier', `POST /api/v1/people/${players.borrower.id}/deposits`, {
    payment: takenIn,
    amount: 1_000,
    currency: 'INR',
  })
  for (const { id } of [players.borrower, players.dev]) {
    const { available } = await must('cashier', `GET /api/v1/people/${id}/wallet`)
    await must('cashier', `POST /api/v1/people/${id}/withdrawals`, { payment: `ruled-${id}`, amount: available, currency: 'INR' })
  }
  return { overpaid, byLending: String(receipt), reversedRepayment: undone, takenIn, takenOut: `ruled-${players.borrower.id}` }
}

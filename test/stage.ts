import { Connection, sql } from '#kernel/db'
import type { TestDatabase } from './database.ts'
import { personalLoan } from './personal-loan.ts'
import { type Heard, settled, type Who, type Whole } from './whole-program.ts'

/** One object of every kind that an address can name, of a borrower. */
export interface Belongings {
  readonly loan: string
  readonly repayment: string
  readonly receipt: string
  readonly wallet: string
}

/** What there is to ask for, by the names that addresses use. */
export interface Stage {
  readonly product: string
  readonly transfer: string
  readonly hold: string
  readonly account: string
  readonly other: string
  readonly letter: string
  readonly breaker: string
  readonly of: { readonly borrower: Belongings; readonly dev: Belongings }
}

/** Sets the stage by the interface's own calls: a product, a running loan with a repayment for each borrower, accounts, a transfer, a hold, a dead letter. */
export async function staged(whole: Whole, db: TestDatabase): Promise<Stage> {
  let calls = 0
  const must = async (who: Who, target: string, body: unknown): Promise<Heard['body']> => {
    const heard = await whole.ask(who, target, { body, key: `stage-${++calls}` })
    if (heard.status >= 300) throw new Error(`${target}: ${heard.text}`)
    return heard.body
  }
  const made = String((await must('admin', 'POST /api/v1/loan-products', personalLoan))['id'])
  const of = { borrower: await belongings(whole, must, 'borrower', made), dev: await belongings(whole, must, 'dev', made) }
  for (const id of ['stage:a', 'stage:b'])
    await must('admin', 'POST /api/v1/ledger/accounts', { id, code: 'stage', unit: 'INR', side: 'debit', min: null })
  const legs = [
    { account: 'stage:a', amount: 500, unit: 'INR' },
    { account: 'stage:b', amount: -500, unit: 'INR' },
  ]
  const transfer = String((await must('admin', 'POST /api/v1/ledger/transfers', { key: 'stage', legs }))['id'])
  const held = { account: 'stage:a', to: 'stage:b', amount: 100, expiresAt: '2099-01-01T00:00:00Z' }
  const hold = String((await must('admin', 'POST /api/v1/ledger/holds', held))['id'])
  return { product: made, transfer, hold, account: 'stage:a', other: 'stage:b', letter: await deadLetter(db), breaker: 'bureau', of }
}

type Must = (who: Who, target: string, body: unknown) => Promise<Heard['body']>

async function belongings(whole: Whole, must: Must, who: 'borrower' | 'dev', product: string): Promise<Belongings> {
  const person = whole.players[who].id
  const wanted = { person, product, principal: 10_000_000, currency: 'INR', instalments: 12 }
  const loan = String((await must(who, 'POST /api/v1/loans', wanted))['id'])
  await settled(whole)
  const { body } = await whole.ask(who, `GET /api/v1/loans/${loan}`)
  if (body['state'] === 'referred') await must('credit_officer', `POST /api/v1/loans/${loan}/approval`, {})
  await must(who, `POST /api/v1/loans/${loan}/acceptance`, {})
  await settled(whole)
  const paid = { payment: `stage-${who}`, amount: 500_000, currency: 'INR', from: 'cash' }
  const repaid = await must('cashier', `POST /api/v1/loans/${loan}/repayments`, paid)
  return { loan, repayment: String(repaid['id']), receipt: String(repaid['receipt']), wallet: `wallet:${person}` }
}

/** An event whose reaction is said to have failed for good. */
async function deadLetter(db: TestDatabase): Promise<string> {
  const owner = await Connection.open(db.owner)
  try {
    await owner.execute(sql`
      insert into events.parked (id, consumer, key, pos, event, state, tries, next_at)
      select 'letter_stage', 'lending', key, pos, id, 'dead', 5, now() from events.event where type = 'identity.person_registered.v1' order by pos limit 1`)
  } finally {
    await owner.close()
  }
  return 'letter_stage'
}

/** How much there is of what only grows, as one text: equal before and after where nothing may have changed. */
export async function footprint(db: TestDatabase): Promise<string> {
  const [row] = await db.pool.query<{ told: string }>(sql`
    select concat_ws(' ', (select count(*) from ledger.transfer), (select count(*) from ledger.entry), (select count(*) from events.event)) as told`)
  return row?.told ?? ''
}

import { formatInstant, parseInstant } from '#kernel/clock'
import { keys, rows, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { newId } from '#kernel/ids'
import { Amount } from '#kernel/money'
import { enqueue, job } from '#kernel/jobs'
import { operation } from '#kernel/operations'
import { each, keyed, type Tx } from '#kernel/tx'
import { z } from 'zod'
import type { Side } from './account.ts'
import { type Leg, post } from './post.ts'
import { Name } from './transfer.ts'

export interface HoldRow {
  readonly id: string
  readonly account: string
  readonly target: string
  readonly unit: string
  readonly amount: bigint
  readonly captured: bigint
  readonly state: 'open' | 'captured' | 'released' | 'expired'
  readonly expires_at: string
}

const accountOf = keyed<{ id: string; unit: string; side: Side }>(
  sql`select id, unit, side from ledger.account where id = any(${keys('text')})`,
  'id',
)
const lockHold = keyed<HoldRow>(
  sql`select id, account, target, unit, amount, captured, state, expires_at from ledger.hold where id = any(${keys('text')}) order by id for update`,
  'id',
)
const insertHold = each<{
  id: string
  key: string
  account: string
  target: string
  unit: string
  amount: bigint
  state: string
  expires_at: string
}>(sql`
  insert into ledger.hold (id, key, account, target, unit, amount, state, expires_at)
  select id, key, account, target, unit, amount, state, expires_at from ${rows({
    id: 'text',
    key: 'text',
    account: 'text',
    target: 'text',
    unit: 'text',
    amount: 'bigint',
    state: 'text',
    expires_at: 'timestamptz',
  })} x`)
const endHold = each<{ id: string; captured: bigint; state: string }>(sql`
  update ledger.hold h set captured = x.captured, state = x.state from ${rows({ id: 'text', captured: 'bigint', state: 'text' })} x where h.id = x.id`)

export const HoldAnswer = z.strictObject({
  id: z.string(),
  state: z.enum(['open', 'captured', 'released', 'expired']),
  account: z.string(),
  to: z.string(),
  amount: z.int(),
  captured: z.int(),
  unit: z.string(),
  expiresAt: z.string(),
  transfer: z.string().nullable(),
})
type HoldAnswer = z.infer<typeof HoldAnswer>

export function holdAnswer(hold: HoldRow, transfer: string | null): HoldAnswer {
  const { id, state, account, target, amount, captured, unit, expires_at } = hold
  return {
    id,
    state,
    account,
    to: target,
    amount: Number(amount),
    captured: Number(captured),
    unit,
    expiresAt: formatInstant(Date.parse(expires_at)),
    transfer,
  }
}

async function mustFind(tx: Tx, id: string): Promise<{ id: string; unit: string; side: Side }> {
  const found = await accountOf(tx, id)
  if (!found) throw new Fault('ledger.account_unknown', { account: id })
  return found
}

/** The hold, locked, if it can still be captured or released. */
async function lockOpen(tx: Tx, id: string): Promise<HoldRow> {
  const hold = await lockHold(tx, id)
  if (!hold) throw new Fault('ledger.hold_unknown', { hold: id })
  const expired = hold.state === 'open' && Date.parse(hold.expires_at) <= Date.parse(tx.moment.at)
  if (hold.state !== 'open' || expired) throw new Fault('ledger.hold_not_open', { hold: id, state: expired ? 'expired' : hold.state })
  return hold
}

const Expiring = z.strictObject({ hold: z.string() })

/** Falls due when a hold expires. */
export const holdExpiry = job(
  'ledger.hold_expiry',
  // Nothing else gives back what an expired hold reserves, so no trouble of an hour may be its last.
  { input: Expiring, attempts: 24 },
  {
    work: async () => undefined,
    done: async ({ run }, { hold }) => {
      const { state } = await run(expireHold, { hold })
      // A clock that went back since: it is tried again.
      if (state === 'open') throw new Error('the hold has not expired yet')
    },
  },
)

/** Reserves an amount on an account for another: it is no longer available, but not moved either, until captured, released or expired. */
export const makeHold = operation(
  'ledger.hold',
  {
    summary: 'Reserve an amount',
    input: z.strictObject({
      account: Name,
      to: Name,
      amount: Amount,
      expiresAt: z.string().refine((text) => parseInstant(text) !== null, 'an instant such as 2026-03-12T06:12:00Z'),
    }),
    answer: HoldAnswer,
    moves: 'value',
    status: 201,
    may: ['admin'],
    faults: [
      'ledger.account_unknown',
      'ledger.account_twice',
      'ledger.unit_mismatch',
      'ledger.expiry_past',
      'ledger.amount_too_large',
      'ledger.insufficient',
    ],
  },
  async ({ tx }, { account, to, amount, expiresAt }) => {
    const [from, target] = await Promise.all([mustFind(tx, account), mustFind(tx, to)])
    if (account === to) throw new Fault('ledger.account_twice', { account })
    if (from.unit !== target.unit) throw new Fault('ledger.unit_mismatch', { account: to, unit: target.unit, given: from.unit })
    const until = parseInstant(expiresAt) ?? 0
    if (until <= Date.parse(tx.moment.at)) throw new Fault('ledger.expiry_past', { expiresAt, now: tx.moment.at })
    const id = newId('hold')
    await post(tx, { key: `hold:${id}`, legs: [], held: [{ account, hold: id, amount: BigInt(amount) }] })
    const hold: HoldRow = {
      id,
      account,
      target: to,
      unit: from.unit,
      amount: BigInt(amount),
      captured: 0n,
      state: 'open',
      // As written it may be in another zone's time.
      expires_at: formatInstant(until),
    }
    insertHold(tx, { ...hold, key: id })
    enqueue(tx, holdExpiry, { hold: id }, { at: hold.expires_at })
    return holdAnswer(hold, null)
  },
)

/** Moves what was reserved, or part of it; the rest stays reserved until it is captured, released or expires. */
export const captureHold = operation(
  'ledger.capture',
  {
    summary: 'Capture a hold, or part of it',
    input: z.strictObject({ hold: z.string().max(60), amount: Amount.optional() }),
    answer: HoldAnswer,
    moves: 'value',
    may: ['admin'],
    locks: ({ hold }) => [hold],
    // account_twice: of holds of an account for itself, which could once be made.
    faults: [
      'ledger.hold_unknown',
      'ledger.hold_not_open',
      'ledger.hold_exceeded',
      'ledger.account_twice',
      'ledger.amount_too_large',
      'ledger.insufficient',
    ],
  },
  async ({ tx }, input) => {
    const hold = await lockOpen(tx, input.hold)
    const left = hold.amount - hold.captured
    const amount = input.amount === undefined ? left : BigInt(input.amount)
    if (amount > left) throw new Fault('ledger.hold_exceeded', { hold: hold.id, left: String(left) })
    const { side } = await mustFind(tx, hold.account)
    const captured = hold.captured + amount
    const out = side === 'credit' ? amount : -amount
    const legs: Leg[] = [
      { account: hold.account, amount: out },
      { account: hold.target, amount: -out },
    ]
    const held = [{ account: hold.account, hold: hold.id, amount: -amount }]
    const { receipt } = await post(tx, { key: `capture:${hold.id}:${captured}`, legs, held })
    const state = captured === hold.amount ? 'captured' : 'open'
    endHold(tx, { id: hold.id, captured, state })
    return holdAnswer({ ...hold, captured, state }, receipt)
  },
)

/** Gives back what is still reserved. */
export const releaseHold = operation(
  'ledger.release',
  {
    summary: 'Release a hold',
    input: z.strictObject({ hold: z.string().max(60) }),
    answer: HoldAnswer,
    moves: 'value',
    may: ['admin'],
    locks: ({ hold }) => [hold],
    faults: ['ledger.hold_unknown', 'ledger.hold_not_open'],
  },
  async ({ tx }, input) => giveBack(tx, await lockOpen(tx, input.hold), 'released'),
)

/** Gives back what a hold still reserves once its time is over; does nothing to one that ended otherwise. */
export const expireHold = operation(
  'ledger.expire_hold',
  {
    summary: 'Expire a hold',
    input: z.strictObject({ hold: z.string().max(60) }),
    answer: HoldAnswer,
    may: ['system'],
    locks: ({ hold }) => [hold],
    faults: ['ledger.hold_unknown'],
  },
  async ({ tx }, input) => {
    const hold = await lockHold(tx, input.hold)
    if (!hold) throw new Fault('ledger.hold_unknown', { hold: input.hold })
    const over = hold.state === 'open' && Date.parse(hold.expires_at) <= Date.parse(tx.moment.at)
    return over ? giveBack(tx, hold, 'expired') : holdAnswer(hold, null)
  },
)

async function giveBack(tx: Tx, hold: HoldRow, state: 'released' | 'expired'): Promise<HoldAnswer> {
  // However late it is written, a hold is over from the instant it expired at: it could not be captured since.
  const since = state === 'expired' ? hold.expires_at : tx.moment.at
  const held = [{ account: hold.account, hold: hold.id, amount: hold.captured - hold.amount, since }]
  await post(tx, { key: `${state}:${hold.id}`, legs: [], held })
  endHold(tx, { id: hold.id, captured: hold.captured, state })
  return holdAnswer({ ...hold, state }, null)
}

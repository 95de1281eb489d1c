import { bindKeys } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { newId } from '#kernel/ids'
import { salted } from '#kernel/digest'
import type { Asked, Gathering, Tx } from '#kernel/tx'
import { type AccountRef, type Balance, balanceOf, isAs, type Locked, opened } from './account.ts'
import {
  type AccountRow,
  type Books,
  booksOfGroup,
  byHand,
  type Found,
  insertEntry,
  insertHeldChange,
  insertTransfer,
  keyName,
  type KnownKey,
  knownKeys,
  lockAccounts,
} from './books.ts'
import { entryHash } from './chain.ts'

/** One side of a movement, debit positive, in the account's unit. `unit`, where given, must be the account's. */
export interface Leg {
  readonly account: AccountRef | string
  readonly amount: bigint
  readonly unit?: string
}

/** A change of what a hold reserves on an account: positive reserves, negative gives back. `since` when it took effect; now unless said. */
export interface HeldChange {
  readonly account: string
  readonly hold: string
  readonly amount: bigint
  readonly since?: string
}

/** An amount in the account's unit that it must be able to give without falling below its guard. */
export interface Cover {
  readonly account: AccountRef
  readonly amount: bigint
}

/** A balanced movement under a business key that works once for ever. Without legs it only changes what is held. */
export interface Posting {
  readonly key: string
  readonly legs: readonly Leg[]
  readonly held?: readonly HeldChange[]
  /** What accounts must be able to give, beside their legs: a leg may be what is left after something came back. */
  readonly covers?: readonly Cover[]
  /** Business date of the books; today unless said. */
  readonly bookedOn?: string
  readonly reason?: string
  readonly reverses?: string
}

/** What a posting came to: the transfer's id, which is its receipt, and every touched account's balance after it. */
export interface Posted {
  readonly receipt: string
  readonly balances: ReadonlyMap<string, Balance>
}

const legsMax = 100
// What JSON's numbers tell exactly (2^53 - 1), far inside PostgreSQL's bigint: no answer may round a balance.
const largest = BigInt(Number.MAX_SAFE_INTEGER)

const posting: Gathering<Posting, Posted, Found> = {
  name: 'ledger.post',
  last: true,
  async ask(group, asked) {
    const known = booksOfGroup(group).accounts
    const wanted = new Set<string>()
    for (const { question } of asked) {
      for (const { account } of question.legs) wanted.add(idOf(account))
      for (const { account } of question.held ?? []) wanted.add(account)
      for (const { account } of question.covers ?? []) wanted.add(account.id)
    }
    const ids = [...wanted].filter((id) => !known.has(id))
    const [accounts, found] = await Promise.all([
      ids.length > 0 ? group.query<AccountRow>(bindKeys(lockAccounts, ids)) : [],
      group.query<KnownKey>(
        bindKeys(
          knownKeys,
          asked.map((one) => one.question.key),
        ),
      ),
    ])
    return { accounts, keys: found }
  },
  answer(found, asked, group) {
    const books = booksOfGroup(group)
    for (const row of found.accounts) books.accounts.set(row.id, { ...row, fresh: false, changed: false })
    for (const { key, id, by_hand } of found.keys) books.keys.set(keyName(key, by_hand), id)
    return asked.map((one) => booked(books, one))
  },
}

/** Books one balanced movement: all or nothing, once per business key. Once per operation, as the last thing it asks. */
export function post(tx: Tx, what: Posting): Promise<Posted> {
  return tx.ask(posting, what)
}

function idOf(account: AccountRef | string): string {
  return typeof account === 'string' ? account : account.id
}

function booked(books: Books, { tx, question }: Asked<Posting>): Posted | Fault {
  try {
    return book(books, tx, question)
  } catch (refused) {
    if (refused instanceof Fault) return refused
    throw refused
  }
}

/** Before anything else about a posting: every account it names is there, or is opened by it. */
function refuseUnknown(books: Books, { legs, held = [] }: Posting): void {
  for (const { account } of [...legs, ...held]) {
    if (typeof account !== 'string' || books.accounts.has(account)) continue
    if (!legs.some((leg) => typeof leg.account !== 'string' && idOf(leg.account) === account))
      throw new Fault('ledger.account_unknown', { account })
  }
}

function book(books: Books, tx: Tx, what: Posting): Posted {
  refuseUnknown(books, what)
  const key = keyName(what.key, tx.moment.operation === byHand)
  const known = books.keys.get(key)
  if (known !== undefined) throw new Fault('ledger.transfer_known', { key: what.key, transfer: known })
  const touched = judge(books, what)
  for (const account of touched.values()) books.accounts.set(account.id, account)
  const receipt = newId('transfer')
  books.keys.set(key, receipt)
  for (const { account, hold, amount, since = tx.moment.at } of what.held ?? []) {
    const locked = touched.get(account) as Locked
    locked.held += amount
    locked.changed = true
    insertHeldChange(tx, { account, hold, amount, since, at: tx.moment.at })
  }
  if (what.legs.length > 0) enter(tx, what, receipt, touched)
  const balances = new Map([...touched.values()].map((account) => [account.id, balanceOf(account)]))
  return { receipt, balances }
}

/** Everything that can refuse a posting, before anything is changed: accounts known, units right, legs balanced, guards kept. */
function judge(books: Books, { legs, held = [], covers = [], reverses }: Posting): Map<string, Locked> {
  if (legs.length > legsMax || (legs.length === 0 && held.length === 0) || legs.length === 1 || legs.some((leg) => leg.amount === 0n)) {
    throw new Fault('ledger.legs_invalid', { legs: legs.length })
  }
  const touched = new Map<string, Locked>()
  const moved = new Map<string, { posted: bigint; held: bigint }>()
  const sums = new Map<string, bigint>()
  const touch = (ref: AccountRef | string): Locked => {
    const id = idOf(ref)
    const account = books.accounts.get(id) ?? touched.get(id) ?? (typeof ref === 'string' ? undefined : opened(ref))
    if (!account) throw new Fault('ledger.account_unknown', { account: id })
    if (typeof ref !== 'string' && !isAs(account, ref)) throw new Fault('ledger.account_differs', { account: id })
    touched.set(id, account)
    if (!moved.has(id)) moved.set(id, { posted: 0n, held: 0n })
    return account
  }
  for (const leg of legs) {
    const account = touch(leg.account)
    if (leg.unit !== undefined && leg.unit !== account.unit) {
      throw new Fault('ledger.unit_mismatch', { account: account.id, unit: account.unit, given: leg.unit })
    }
    sums.set(account.unit, (sums.get(account.unit) ?? 0n) + leg.amount)
    const change = moved.get(account.id)
    if (change) change.posted += leg.amount
  }
  if (moved.size < legs.length && reverses === undefined) refuseTwice(legs)
  for (const [unit, sum] of sums) if (sum !== 0n) throw new Fault('ledger.unbalanced', { unit, difference: String(sum) })
  for (const { account, amount } of held) {
    touch(account)
    const change = moved.get(account)
    if (change) change.held += amount
  }
  for (const { account: ref, amount } of covers) {
    const account = touch(ref)
    guard(account, { posted: account.side === 'debit' ? -amount : amount, held: 0n })
  }
  for (const [id, change] of moved) guard(touched.get(id) as Locked, change)
  return touched
}

/**
 * Out of an account and back into it, any sum would pass its guard and stand in its statement. A mirror alone has the legs that it has: what
 * goes back into a wallet and is taken out of it again at once is two things that happened.
 */
function refuseTwice(legs: readonly Leg[]): never {
  const ids = legs.map(({ account }) => idOf(account))
  throw new Fault('ledger.account_twice', { account: ids.find((id, at) => ids.indexOf(id) < at) ?? '' })
}

function guard(account: Locked, change: { readonly posted: bigint; readonly held: bigint }): void {
  const before = balanceOf(account)
  const after = balanceOf({ side: account.side, posted: account.posted + change.posted, held: account.held + change.held })
  // What is held is told too, and what is available with it; giving back is always possible.
  const reservesTooMuch = change.held > 0n && (after.held > largest || after.available < -largest)
  if (after.posted > largest || after.posted < -largest || reservesTooMuch)
    throw new Fault('ledger.amount_too_large', { account: account.id })
  // An account that is already short may be refilled step by step, but never drawn further.
  if (account.min !== null && after.available < before.available && after.available < account.min) {
    throw new Fault('ledger.insufficient', {
      account: account.id,
      available: String(before.available),
      least: String(account.min),
      unit: account.unit,
    })
  }
}

function enter(tx: Tx, what: Posting, receipt: string, touched: ReadonlyMap<string, Locked>): void {
  const { at, today, operation, person } = tx.moment
  const bookedOn = what.bookedOn ?? today
  const legs = what.legs.map((leg) => {
    const account = touched.get(idOf(leg.account)) as Locked
    account.n += 1n
    account.posted += leg.amount
    account.changed = true
    const entry = { account: account.id, n: account.n, transfer: receipt, amount: leg.amount, posted: account.posted }
    account.head = entryHash(account.head, entry)
    insertEntry(tx, { ...entry, at, booked_on: bookedOn, hash: account.head })
    return {
      account: account.id,
      unit: account.unit,
      n: String(entry.n),
      amount: String(entry.amount),
      posted: String(entry.posted),
      hash: account.head,
    }
  })
  const reverses = what.reverses ?? null
  const body = JSON.stringify({
    id: receipt,
    key: what.key,
    at,
    bookedOn,
    operation,
    person,
    reason: what.reason,
    reverses: what.reverses,
    legs,
  })
  insertTransfer(tx, { id: receipt, key: what.key, at, booked_on: bookedOn, operation, reverses, body, ...salted(body) })
}

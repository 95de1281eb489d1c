import { hash } from 'node:crypto'
import type { Finding } from './verdict.ts'

interface Leg {
  readonly account: string
  readonly unit: string
  readonly n: string
  readonly amount: string
  readonly posted: string
  readonly hash: string
}

interface Chain {
  n: number
  posted: string
  head: string
  /** Legs that came before their turn: transactions end in another order than they began. */
  waiting: Map<number, { readonly leg: Leg; readonly transfer: string }> | undefined
}

const NO_HEAD = '0'.repeat(64)
const HEX = /^[0-9a-f]{64}$/
const INTEGER = /^-?(?:0|[1-9]\d{0,29})$/

/** Follows every account's chain of entries through the transfers, and remembers the first breach. */
export class BookChecker {
  readonly #chains = new Map<string, Chain>()
  #first: Finding | undefined
  #entries = 0
  #accounts = 0

  get entries(): number {
    return this.#entries
  }

  get accounts(): number {
    return this.#accounts
  }

  /** A transfer's body, in the order of the log. */
  transfer(id: string, body: string): void {
    const legs = legsOf(body)
    if (legs === undefined)
      return this.#breach({ stream: 'transfer', row: id, kind: 'changed', detail: 'its body holds no legs as transfers have them' })
    if (!isBalanced(legs)) this.#breach({ stream: 'transfer', row: id, kind: 'changed', detail: 'its legs do not add up to zero' })
    for (const leg of legs) this.#leg(leg, id)
  }

  /** An account as its table has it. */
  account(line: string): void {
    const read = accountOf(line)
    if (read === undefined)
      return this.#breach({ stream: 'account', row: '?', kind: 'changed', detail: 'its line has not the form of an account' })
    const { account, n, posted, head } = read
    const chain = this.#chains.get(account)
    this.#accounts++
    // What its chain lacks is told in the end.
    if (chain?.waiting !== undefined) return
    this.#chains.delete(account)
    const [wantN, wantPosted, wantHead] = chain === undefined ? ['0', '0', NO_HEAD] : [String(chain.n), chain.posted, chain.head]
    if (n !== wantN || posted !== wantPosted || head !== wantHead) {
      this.#breach({
        stream: 'account',
        row: account,
        kind: 'changed',
        detail: `its row says ${n} entries and ${posted}, its chain ${wantN} and ${wantPosted}`,
      })
    }
  }

  /** The first breach; asked once everything was told. */
  finding(): Finding | undefined {
    for (const [account, { n, waiting }] of this.#chains) {
      if (waiting !== undefined)
        this.#breach({ stream: 'entry', row: `${account}#${n + 1}`, kind: 'missing', detail: 'a later entry of the account is there' })
      else this.#breach({ stream: 'account', row: account, kind: 'missing', detail: `it has ${n} entries` })
    }
    return this.#first
  }

  /** An entry whose chain breaks although every row is sealed as it is: the writer itself was deceived. */
  #leg(leg: Leg, transfer: string): void {
    this.#entries++
    let chain = this.#chains.get(leg.account)
    if (chain === undefined) this.#chains.set(leg.account, (chain = { n: 0, posted: '0', head: NO_HEAD, waiting: undefined }))
    const n = Number(leg.n)
    if (n <= chain.n)
      return this.#breach({
        stream: 'entry',
        row: `${leg.account}#${n}`,
        kind: 'inserted',
        detail: `transfer ${transfer} repeats its number`,
      })
    if (n > chain.n + 1) {
      chain.waiting ??= new Map()
      if (chain.waiting.has(n))
        this.#breach({ stream: 'entry', row: `${leg.account}#${n}`, kind: 'inserted', detail: `transfer ${transfer} repeats its number` })
      chain.waiting.set(n, { leg, transfer })
      return
    }
    this.#link(chain, leg, transfer)
    for (let next = chain.waiting?.get(chain.n + 1); next !== undefined; next = chain.waiting?.get(chain.n + 1)) {
      chain.waiting?.delete(chain.n + 1)
      this.#link(chain, next.leg, next.transfer)
    }
    if (chain.waiting?.size === 0) chain.waiting = undefined
  }

  #link(chain: Chain, leg: Leg, transfer: string): void {
    const posted = String(BigInt(chain.posted) + BigInt(leg.amount))
    const expected = hash('sha256', JSON.stringify([chain.head, leg.account, leg.n, transfer, leg.amount, leg.posted]))
    if (posted !== leg.posted || expected !== leg.hash) {
      this.#breach({
        stream: 'entry',
        row: `${leg.account}#${leg.n}`,
        kind: 'changed',
        detail: `it does not follow from the entry before it (transfer ${transfer})`,
      })
    }
    chain.n = Number(leg.n)
    chain.posted = leg.posted
    chain.head = leg.hash
  }

  #breach(finding: Finding): void {
    this.#first ??= finding
  }
}

/** What is wrong between a transfer's legs and its entries in their table, where an export says that they differ. */
export function entryFinding(body: string, entries: readonly Leg[]): Finding | undefined {
  const legs = legsOf(body) ?? []
  const key = ({ account, n }: Leg): string => `${account}#${n}`
  const told = ({ amount, posted, hash }: Leg): string => JSON.stringify([amount, posted, hash])
  const inTable = new Map(entries.map((entry) => [key(entry), entry]))
  for (const leg of legs) {
    const entry = inTable.get(key(leg))
    if (entry === undefined) return { stream: 'entry', row: key(leg), kind: 'missing', detail: 'its transfer has it, its table has not' }
    if (told(entry) !== told(leg))
      return { stream: 'entry', row: key(leg), kind: 'changed', detail: 'its table says otherwise than its transfer' }
    inTable.delete(key(leg))
  }
  const [extra] = inTable.keys()
  return extra === undefined
    ? undefined
    : { stream: 'entry', row: extra, kind: 'inserted', detail: 'its table has it, its transfer has not' }
}

function accountOf(line: string): { account: string; n: string; posted: string; head: string } | undefined {
  try {
    const read = JSON.parse(line) as { account: string; n: string; posted: string; head: string } | null
    return typeof read?.account === 'string' ? read : undefined
  } catch {
    return undefined
  }
}

function legsOf(body: string): Leg[] | undefined {
  try {
    const { legs } = JSON.parse(body) as { legs?: Leg[] }
    return Array.isArray(legs) && legs.length > 0 && legs.every(isLeg) ? legs : undefined
  } catch {
    return undefined
  }
}

function isLeg({ account, unit, n, amount, posted, hash }: Leg): boolean {
  return (
    typeof account === 'string' &&
    typeof unit === 'string' &&
    INTEGER.test(n) &&
    INTEGER.test(amount) &&
    INTEGER.test(posted) &&
    HEX.test(hash)
  )
}

function isBalanced(legs: readonly Leg[]): boolean {
  const sums = new Map<string, bigint>()
  for (const { unit, amount } of legs) sums.set(unit, (sums.get(unit) ?? 0n) + BigInt(amount))
  for (const sum of sums.values()) if (sum !== 0n) return false
  return true
}

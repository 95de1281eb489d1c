import { joined, type Sql, sql } from '#kernel/db'
import { type CursorPart, inQuery, paged, pageFields, pageOf, readCursor } from '#kernel/http'
import { PersonId } from '#kernel/identity'
import { addDays } from '#kernel/money'
import type { IsoDate } from '#kernel/money'
import { own, permission, type Principal, view } from '#kernel/operations'
import { z } from 'zod'
import { owedOn, toPayOn } from './appropriate.ts'
import { BUCKETS, overdueAmount, unpaid } from './loan-row.ts'
import type { Bucket } from './loan-row.ts'
import { approve, reject } from './decide.ts'
import { disburse } from './disburse.ts'
import { foreclose } from './foreclose.ts'
import { arrearsOf, liveLoan, readLive, rowColumns, unpaidSince } from './instalment.ts'
import type { LiveLoan, StoredRow } from './instalment.ts'
import { allows, isStaff, loanColumns, LoanId, LOAN_STATES, ownerOfLoan } from './loan.ts'
import type { Loan, Move } from './loan.ts'
import { Owing, toldOwed } from './movement.ts'
import { accept } from './offer.ts'
import { ProductId } from './product.ts'
import { repay } from './repay.ts'
import { reverseRepayment } from './reverse.ts'

const WORDS_MAX = 120
const SHOWN_MOVES = ['approve', 'reject', 'accept', 'disburse', 'repay', 'foreclose', 'reverse'] as const
const operations = { approve, reject, accept, disburse, repay, foreclose, reverse: reverseRepayment }

const Due = z.strictObject({ number: z.int(), dueOn: z.string(), amount: z.int() })
const LoanAnswer = z.strictObject({
  id: z.string(),
  state: z.enum(LOAN_STATES),
  person: z.string(),
  personName: z.string(),
  product: z.strictObject({ id: z.string(), name: z.string(), version: z.int() }),
  principal: z.int(),
  currency: z.string(),
  instalments: z.int(),
  annualRate: z.string(),
  apr: z.string(),
  instalment: z.int(),
  fee: z.int(),
  feeTax: z.int(),
  netDisbursed: z.int(),
  appliedAt: z.string(),
  appliedBy: z.string(),
  offerExpiresOn: z.string().nullable(),
  score: z.strictObject({ score: z.int().nullable(), decision: z.string(), reasons: z.array(z.string()) }).nullable(),
  decidedBy: z.string().nullable(),
  rejectedReason: z.string().nullable(),
  failure: z.string().nullable(),
  disbursedOn: z.string().nullable(),
  firstDueOn: z.string().nullable(),
  endedOn: z.string().nullable(),
  toPay: z.int(),
  overdue: z.strictObject({ amount: z.int(), since: z.string(), lateCharge: z.int() }).nullable(),
  dpd: z.int(),
  bucket: z.enum(BUCKETS),
  outstanding: Owing,
  nextDue: Due.nullable(),
  paidInstalments: z.int(),
  moves: z.array(z.enum(SHOWN_MOVES)),
})

// The moves that this person may make on this loan now, as far as its state, their roles and who applied can tell.
const movesOf = ({ loan, stored }: LiveLoan<Loan>, caller: Principal, today: IsoDate): (typeof SHOWN_MOVES)[number][] => {
  const repaid = loan.late_paid > 0n || stored.some((row) => row.paid_principal > 0n || row.paid_interest > 0n)
  const theirs = loan.applied_by === caller.id || loan.person === caller.id
  return SHOWN_MOVES.filter((move) => {
    if (!allows(loan.state, move satisfies Move)) return false
    if ((move === 'approve' || move === 'reject') && theirs) return false
    if (move === 'reverse' && !repaid) return false
    if (move === 'accept' && loan.offer_expires_on !== null && loan.offer_expires_on < today) return false
    return permission(operations[move].spec.may as Parameters<typeof permission>[0], caller) !== false
  })
}

// What is owed of a loan, and how far it is behind; all zero before the disbursal.
const standing = ({ loan, stored, position }: LiveLoan, today: IsoDate) => {
  const { rows } = position
  const { dpd, bucket } = arrearsOf(loan, rows, today)
  const owed = owedOn(position, today)
  const next = rows.find((row) => unpaid(row) > 0n)
  const since = unpaidSince(rows)
  const late = dpd > 0 && since !== null
  return {
    toPay: Number(toPayOn(position, today)),
    overdue: late ? { amount: Number(overdueAmount(rows, today)), since, lateCharge: Number(owed.lateCharge) } : null,
    dpd,
    bucket,
    outstanding: toldOwed(owed),
    nextDue: next ? { number: next.number, dueOn: next.dueOn, amount: Number(unpaid(next)) } : null,
    paidInstalments: stored.filter((row) => row.paid_on !== null).length,
  }
}

const shown = (live: LiveLoan<Loan>, caller: Principal, today: IsoDate): z.infer<typeof LoanAnswer> => {
  const { loan } = live
  const reasons = JSON.parse(loan.reasons) as string[]
  return {
    id: loan.id,
    state: loan.state,
    person: loan.person,
    personName: loan.person_name,
    product: { id: loan.product, name: loan.product_name, version: loan.product_version },
    principal: Number(loan.principal),
    currency: loan.currency,
    instalments: loan.instalments,
    annualRate: loan.annual_rate,
    apr: loan.apr,
    instalment: Number(loan.instalment),
    fee: Number(loan.fee),
    feeTax: Number(loan.fee_tax),
    netDisbursed: Number(loan.principal - loan.fee - loan.fee_tax),
    appliedAt: loan.applied_at,
    appliedBy: loan.applied_by,
    offerExpiresOn: loan.offer_expires_on,
    score: loan.decision === null ? null : { score: loan.score, decision: loan.decision, reasons },
    decidedBy: loan.decided_by,
    rejectedReason: loan.rejected_reason,
    failure: loan.failure,
    disbursedOn: loan.disbursed_on,
    firstDueOn: loan.first_due_on,
    endedOn: loan.ended_on,
    ...standing(live, today),
    moves: movesOf(live, caller, today),
  }
}

const staff = ['admin', 'credit_officer', 'cashier', 'auditor'] as const

// One loan: its terms, what is owed, and what you may do with it now.
export const loan = view(
  'lending.loan',
  {
    summary: 'One loan',
    input: z.strictObject({ loan: LoanId }),
    answer: LoanAnswer,
    may: [...staff, own('borrower', ownerOfLoan)],
    faults: ['lending.loan_unknown'],
  },
  async ({ read, clock, principal }, { loan: id }) => shown(await readLive(read, id), principal, clock.today()),
)

// Days past due rise with no row changed, so a class is asked for by the due date of the oldest instalment unpaid.
const inBucket = (bucket: Bucket, today: IsoDate): Sql => {
  const dpd = sql`(${today}::date - unpaid_since + 1)`
  const between = (from: number, to: number): Sql => sql`(${dpd} between ${from}::integer and ${to}::integer and not npa)`
  const classes: Record<Bucket, Sql> = {
    current: sql`(unpaid_since is null or unpaid_since > ${today}::date)`,
    'SMA-0': between(1, 30),
    'SMA-1': between(31, 60),
    'SMA-2': between(61, 90),
    NPA: sql`(${dpd} > 90 or (npa and ${dpd} > 0))`,
  }
  return sql`(state = 'active' and ${classes[bucket]})`
}

const NEVER: IsoDate = '9999-12-31'

// What a list may be sorted by, with a leading minus from the largest: an expression without nulls, and its type for the cursor.
interface Sort {
  readonly by: Sql
  readonly falling: boolean
  readonly part: CursorPart
  readonly key: (loan: Loan) => string
}
const byApplied = { by: sql`applied_at`, part: 'instant', key: (one) => one.applied_at } as const satisfies Omit<Sort, 'falling'>
const byPrincipal = { by: sql`principal`, part: 'integer', key: (one) => `${one.principal}` } as const satisfies Omit<Sort, 'falling'>
const byDue = {
  by: sql`coalesce(unpaid_since, ${NEVER}::date)`,
  part: 'date',
  key: (one) => one.unpaid_since ?? NEVER,
} as const satisfies Omit<Sort, 'falling'>
const newestFirst: Sort = { ...byApplied, falling: true }
const SORTS: Record<string, Sort> = {
  appliedAt: { ...byApplied, falling: false },
  '-appliedAt': newestFirst,
  principal: { ...byPrincipal, falling: false },
  '-principal': { ...byPrincipal, falling: true },
  due: { ...byDue, falling: false },
  '-due': { ...byDue, falling: true },
  dpd: { ...byDue, falling: true },
  '-dpd': { ...byDue, falling: false },
}
const at: Record<CursorPart, (text: string) => Sql> = {
  text: (text) => sql`${text}::text`,
  instant: (text) => sql`${text}::timestamptz`,
  integer: (text) => sql`${text}::bigint`,
  date: (text) => sql`${text}::date`,
}

// Several words joined by commas.
const severalOf = <const Word extends string>(words: readonly Word[]) =>
  z
    .string()
    .max(WORDS_MAX)
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(words)))

const Filter = z.strictObject({
  ...pageFields,
  q: z.string().trim().min(1).max(80).optional(),
  state: severalOf(LOAN_STATES).optional(),
  bucket: severalOf(BUCKETS).optional(),
  // Days past due, at least.
  dpd: inQuery(z.int().min(1).max(100_000)).optional(),
  product: ProductId.optional(),
  person: PersonId.optional(),
  sort: z.enum(Object.keys(SORTS) as [string, ...string[]]).default('-appliedAt'),
})

const conditionsOf = ({ q, state, bucket, dpd, product, person }: z.infer<typeof Filter>, caller: Principal, today: IsoDate): Sql[] => {
  const conditions: Sql[] = [sql`true`]
  if (!isStaff(caller)) conditions.push(sql`person = ${caller.id}`)
  if (q) conditions.push(sql`position(lower(${q}) in lower(person_name || ' ' || product_name || ' ' || id)) > 0`)
  if (state) conditions.push(sql`state = any(${state}::text[])`)
  if (bucket)
    conditions.push(
      sql`(${joined(
        bucket.map((one) => inBucket(one, today)),
        ' or ',
      )})`,
    )
  if (dpd) conditions.push(sql`(state = 'active' and unpaid_since <= ${addDays(today, 1 - dpd)}::date)`)
  if (product) conditions.push(sql`product = ${product}`)
  if (person) conditions.push(sql`person = ${person}`)
  return conditions
}

// Loans, newest first unless sorted otherwise; a borrower sees their own.
export const loans = view(
  'lending.loans',
  {
    summary: 'Loans, newest first',
    input: Filter,
    answer: pageOf(LoanAnswer),
    may: [...staff, 'borrower'],
    faults: ['http.cursor_invalid'],
  },
  async ({ read, clock, principal: caller }, filter) => {
    const today = clock.today()
    const { by, falling, part, key } = SORTS[filter.sort] ?? newestFirst
    const conditions = conditionsOf(filter, caller, today)
    const cursor = readCursor(filter.after, [part, 'text'])
    const [value = '', id = ''] = cursor ?? []
    if (cursor) conditions.push(falling ? sql`(${by}, id) < (${at[part](value)}, ${id})` : sql`(${by}, id) > (${at[part](value)}, ${id})`)
    const order = falling ? sql`${by} desc, id desc` : sql`${by}, id`
    const found = await read<Loan>(
      sql`select ${loanColumns} from lending.loan where ${joined(conditions, ' and ')} order by ${order} limit ${filter.limit + 1}`,
    )
    const ids = found.map((one) => one.id)
    const rows = await read<StoredRow>(
      sql`select ${rowColumns} from lending.instalment where loan = any(${ids}::text[]) order by loan, number`,
    )
    const owned = Map.groupBy(rows, (row) => row.loan)
    return paged(
      found,
      filter.limit,
      (one) => shown(liveLoan(one, owned.get(one.id) ?? []), caller, today),
      (one) => [key(one), one.id],
    )
  },
)

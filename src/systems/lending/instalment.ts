import assert from 'node:assert/strict'
import { bindKeys, bindRows, keys, rows, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { parseRate } from '#kernel/money'
import type { IsoDate } from '#kernel/money'
import type { ViewContext } from '#kernel/operations'
import { copied, each, type Gathering, type Tx } from '#kernel/tx'
import type { LoanPosition } from './appropriate.ts'
import { bucketOf, daysPastDue, unpaid } from './loan-row.ts'
import type { Bucket, LoanRow } from './loan-row.ts'
import { loanColumns, lockedLent, termsOf } from './loan.ts'
import type { Lent, Loan, Standing } from './loan.ts'

// An instalment as stored. fallen: its interest has become receivable and income.
export interface StoredRow {
  readonly loan: string
  readonly number: number
  readonly due_on: IsoDate
  readonly opening: bigint
  readonly principal: bigint
  readonly interest: bigint
  readonly paid_principal: bigint
  readonly paid_interest: bigint
  readonly paid_on: IsoDate | null
  readonly fallen: boolean
}

export const rowColumns = sql`loan, number, due_on, opening, principal, interest, paid_principal, paid_interest, paid_on, fallen`
const rowsOf = sql`select ${rowColumns} from lending.instalment where loan = any(${keys('text')}) order by loan, number`

// A loan that was disbursed, with its instalments.
export type LiveLoan<L extends Lent = Lent> = { readonly loan: L; readonly stored: readonly StoredRow[]; readonly position: LoanPosition }

type Wanted = { readonly loan: string; readonly all: boolean }
type Found = { readonly loans: readonly Lent[]; readonly all: readonly StoredRow[]; readonly reached: readonly StoredRow[] }

// The unpaid rows that a payment can reach, and one more if there is one; no two are due within fewer days than these.
const reachedOf = sql`
  select r.* from ${rows({ loan: 'text', today: 'date' })} x
  join lending.loan l on l.id = x.loan
  cross join lateral (
    select ${rowColumns} from lending.instalment i
    where i.loan = l.id and paid_interest + paid_principal < interest + principal
    order by number
    limit case when x.today < l.unpaid_since then 2
      else 3 + (x.today - l.unpaid_since) / case l.frequency when 'weekly' then 7 when 'fortnightly' then 14 else 28 end end) r`

// The loan's lock and then its instalments, in one round trip: PostgreSQL runs the second statement only when the first has its locks, and reads
// what was committed by then.
const withRows: Gathering<Wanted, LiveLoan | undefined, Found> = {
  name: 'lending.loan_with_rows',
  last: false,
  async ask(group, asked) {
    const wanted = (all: boolean): string[] => [...new Set(asked.flatMap(({ question }) => (question.all === all ? [question.loan] : [])))]
    const [whole, part] = [wanted(true), wanted(false)]
    const today = asked[0]?.tx.moment.today
    const [loans, all, reached] = await Promise.all([
      group.query<Lent>(bindKeys(lockedLent, [...new Set([...whole, ...part])])),
      whole.length > 0 ? group.query<StoredRow>(bindKeys(rowsOf, whole)) : [],
      part.length > 0
        ? group.query<StoredRow>(
            bindRows(
              reachedOf,
              part.map((loan) => ({ loan, today })),
            ),
          )
        : [],
    ])
    return { loans, all, reached }
  },
  answer(found, asked) {
    const known = new Map(found.loans.map((loan) => [loan.id, loan]))
    const [all, reached] = [Map.groupBy(found.all, (row) => row.loan), Map.groupBy(found.reached, (row) => row.loan)]
    return asked.map(({ tx, question }) => {
      const loan = known.get(question.loan)
      if (!loan) return undefined
      return question.all ? liveLoan(loan, all.get(loan.id) ?? []) : reachedLoan(loan, reached.get(loan.id) ?? [], tx.moment.today)
    })
  },
}

const lock = async (tx: Tx, wanted: Wanted): Promise<LiveLoan> => {
  const live = await tx.ask(withRows, wanted)
  if (!live) throw new Fault('lending.loan_unknown', { id: wanted.loan })
  return live
}

// The loan locked, with its instalments, or a 404; whether it may move is for the caller to say.
export const lockLive = (tx: Tx, loan: string): Promise<LiveLoan> => lock(tx, { loan, all: true })

// As `lockLive`, with only the instalments that a payment today can reach without prepaying, and what lies beyond them.
export const lockReached = (tx: Tx, loan: string): Promise<LiveLoan> => lock(tx, { loan, all: false })

// A payment reaches the rows due by its day and one after it, and the next payment the row after that: the second row ahead is as the schedule
// made it, and its opening is the principal that it and all behind it owe.
const reachedLoan = (loan: Lent, found: readonly StoredRow[], today: IsoDate): LiveLoan => {
  const rows = found.toSorted((a, b) => a.number - b.number)
  const due = rows.filter((row) => row.due_on <= today).length
  const [last, first] = [rows.at(due) ?? rows.at(-1), rows.at(due + 1)]
  const left = last ? last.opening - last.principal : 0n
  assert(left === (first?.opening ?? 0n) && !first?.paid_interest && !first?.paid_principal, `instalments of ${loan.id} are not in order`)
  const live = liveLoan(loan, rows.slice(0, due + 1))
  return first ? { ...live, position: { ...live.position, beyond: { dueOn: first.due_on, principal: first.opening } } } : live
}

// As a view sees it, unlocked.
export const readLive = async (read: ViewContext['read'], id: string): Promise<LiveLoan<Loan>> => {
  const [loan] = await read<Loan>(sql`select ${loanColumns} from lending.loan where id = ${id}`)
  if (!loan) throw new Fault('lending.loan_unknown', { id })
  const stored = await read<StoredRow>(sql`select ${rowColumns} from lending.instalment where loan = ${id} order by number`)
  return liveLoan(loan, stored)
}

export const liveLoan = <L extends Lent>(loan: L, stored: readonly StoredRow[]): LiveLoan<L> => ({
  loan,
  stored,
  position: positionOf(loan, stored),
})

export const rowOf = (row: StoredRow): LoanRow => ({
  number: row.number,
  dueOn: row.due_on,
  opening: row.opening,
  principal: row.principal,
  interest: row.interest,
  paidPrincipal: row.paid_principal,
  paidInterest: row.paid_interest,
})

const NEVER: IsoDate = '9999-12-31'

const positionOf = (loan: Lent, stored: readonly StoredRow[]): LoanPosition => ({
  terms: termsOf(loan, { disbursedOn: loan.disbursed_on ?? NEVER, firstDueOn: loan.first_due_on ?? NEVER }),
  rows: stored.map(rowOf),
  lateCharge: {
    perDay: parseRate(loan.late_per_day),
    amountDays: BigInt(loan.late_amount_days),
    until: loan.late_until ?? loan.disbursed_on ?? NEVER,
    paid: loan.late_paid,
  },
})

// How far behind a loan is at a day's end, and its class.
export const arrearsOf = (
  loan: Pick<Lent, 'npa'>,
  rows: readonly LoanRow[],
  on: IsoDate,
): { readonly dpd: number; readonly bucket: Bucket } => {
  const dpd = daysPastDue(rows, on)
  return { dpd, bucket: bucketOf(dpd, loan.npa ? 'NPA' : 'current') }
}

export const unpaidSince = (rows: readonly LoanRow[]): IsoDate | null => rows.find((row) => unpaid(row) > 0n)?.dueOn ?? null

export const standingOf = (live: LiveLoan, after: LoanPosition, on: IsoDate): Standing => {
  const before = arrearsOf(live.loan, live.position.rows, on)
  const dpd = daysPastDue(after.rows, on)
  return {
    id: live.loan.id,
    state: live.loan.state,
    late_amount_days: `${after.lateCharge.amountDays}`,
    late_until: after.lateCharge.until,
    late_paid: after.lateCharge.paid,
    npa: dpd > 0 && before.bucket === 'NPA',
    unpaid_since: unpaidSince(after.rows) ?? after.beyond?.dueOn ?? null,
    ended_on: null,
  }
}

type RowKey = Pick<StoredRow, 'loan' | 'number'>
const stored = {
  loan: 'text',
  number: 'integer',
  due_on: 'date',
  opening: 'bigint',
  principal: 'bigint',
  interest: 'bigint',
  paid_principal: 'bigint',
  paid_interest: 'bigint',
  paid_on: 'date',
  fallen: 'boolean',
} as const
const insert = copied<StoredRow>(['lending', 'instalment'], stored)
// An insert that finds its row there would lock it first, and cost half as much again.
const update = each<StoredRow>(sql`
  update lending.instalment i set due_on = x.due_on, opening = x.opening, principal = x.principal, interest = x.interest,
    paid_principal = x.paid_principal, paid_interest = x.paid_interest, paid_on = x.paid_on, fallen = x.fallen
  from ${rows(stored)} x where i.loan = x.loan and i.number = x.number`)
const drop = each<RowKey>(sql`
  delete from lending.instalment i using ${rows({ loan: 'text', number: 'integer' })} x where i.loan = x.loan and i.number = x.number`)

const same = (a: StoredRow, b: StoredRow): boolean =>
  a.paid_interest === b.paid_interest &&
  a.paid_principal === b.paid_principal &&
  a.principal === b.principal &&
  a.interest === b.interest &&
  a.opening === b.opening &&
  a.due_on === b.due_on &&
  a.paid_on === b.paid_on &&
  a.fallen === b.fallen

// Writes the rows that differ, and removes those that are no more.
export const saveRows = (tx: Tx, before: readonly StoredRow[], after: readonly StoredRow[]): void => {
  const known = new Map(before.map((row) => [row.number, row]))
  const kept = new Set<number>()
  for (const row of after) {
    const was = known.get(row.number)
    kept.add(row.number)
    if (!was) insert(tx, row)
    else if (!same(was, row)) update(tx, row)
  }
  for (const row of before) if (!kept.has(row.number)) drop(tx, { loan: row.loan, number: row.number })
}

// Rows of a position as they are stored: what had fallen due stays so, and a row that is wholly paid now was paid on the day.
export const storedRows = (
  loan: string,
  after: readonly LoanRow[],
  how: { readonly before: readonly StoredRow[]; readonly on: IsoDate },
): StoredRow[] => {
  const known = new Map(how.before.map((row) => [row.number, row]))
  return after.map((row) => {
    const was = known.get(row.number)
    return {
      loan,
      number: row.number,
      due_on: row.dueOn,
      opening: row.opening,
      principal: row.principal,
      interest: row.interest,
      paid_principal: row.paidPrincipal,
      paid_interest: row.paidInterest,
      paid_on: unpaid(row) > 0n ? null : (was?.paid_on ?? how.on),
      fallen: was?.fallen ?? false,
    }
  })
}

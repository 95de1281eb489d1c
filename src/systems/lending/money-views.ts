import { sql } from '#kernel/db'
import { paged, pageFields, pageOf, readCursor } from '#kernel/http'
import { addMonths, RATE_DENOMINATOR, divide, parseRate } from '#kernel/money'
import type { IsoDate } from '#kernel/money'
import { own, view } from '#kernel/operations'
import { z } from 'zod'
import { daysOverdue, loanRowsOf } from './loan-row.ts'
import { readLive, storedRows } from './instalment.ts'
import type { StoredRow } from './instalment.ts'
import { LoanId, ownerOfLoan, termsOf } from './loan.ts'
import type { Loan } from './loan.ts'
import type { Movement } from './movement.ts'

const readers = ['admin', 'credit_officer', 'cashier', 'auditor', own('borrower', ownerOfLoan)] as const

const ScheduleRow = z.strictObject({
  number: z.int(),
  dueOn: z.string(),
  opening: z.int(),
  principal: z.int(),
  interest: z.int(),
  lateCharge: z.int(),
  total: z.int(),
  closing: z.int(),
  paidPrincipal: z.int(),
  paidInterest: z.int(),
  state: z.enum(['paid', 'part', 'late', 'due', 'to come']),
  paidOn: z.string().nullable(),
  daysLate: z.int(),
})

const stateOf = (row: StoredRow, today: IsoDate): z.infer<typeof ScheduleRow>['state'] => {
  if (row.paid_on !== null) return 'paid'
  if (row.due_on < today) return 'late'
  if (row.paid_principal + row.paid_interest > 0n) return 'part'
  return row.due_on === today ? 'due' : 'to come'
}

// The late charge that a row has caused by what is, or was when it was paid, unpaid of it; the loan's own figure is exact where a row was paid in
// parts while late.
const shownRow = (row: StoredRow, { late_per_day }: Loan, today: IsoDate): z.infer<typeof ScheduleRow> => {
  const paid = row.paid_on !== null
  const daysLate = daysOverdue(row.due_on, row.paid_on ?? today)
  const total = row.principal + row.interest
  const bearing = paid ? total : total - row.paid_principal - row.paid_interest
  const charge = divide(bearing * BigInt(daysLate) * parseRate(late_per_day), RATE_DENOMINATOR, 'half_up')
  return {
    number: row.number,
    dueOn: row.due_on,
    opening: Number(row.opening),
    principal: Number(row.principal),
    interest: Number(row.interest),
    lateCharge: Number(charge),
    total: Number(total),
    closing: Number(row.opening - row.principal),
    paidPrincipal: Number(row.paid_principal),
    paidInterest: Number(row.paid_interest),
    state: stateOf(row, today),
    paidOn: row.paid_on,
    daysLate,
  }
}

// A loan's schedule: what falls due and what was paid of it. Before the disbursal, as it would be if that were today.
export const schedule = view(
  'lending.schedule',
  {
    summary: "A loan's schedule",
    input: z.strictObject({ loan: LoanId }),
    answer: pageOf(ScheduleRow),
    may: readers,
    faults: ['lending.loan_unknown'],
  },
  async ({ read, clock }, { loan: id }) => {
    const today = clock.today()
    const { loan, stored } = await readLive(read, id)
    const planned = (): StoredRow[] => {
      const rows = loanRowsOf(termsOf(loan, { disbursedOn: today, firstDueOn: addMonths(today, 1) }))
      return storedRows(id, rows, { before: [], on: today })
    }
    const rows = loan.disbursed_on === null ? planned() : stored
    return { items: rows.map((row) => shownRow(row, loan, today)), next: null }
  },
)

const StatementLine = z.strictObject({
  id: z.string(),
  at: z.string(),
  bookedOn: z.string(),
  kind: z.enum(['disbursal', 'repayment', 'reversal', 'foreclosure', 'interest_due']),
  amount: z.int(),
  currency: z.string(),
  breakup: z.strictObject({ lateCharge: z.int(), interest: z.int(), principal: z.int(), wallet: z.int() }),
  balance: z.int(),
  transfer: z.string(),
  payment: z.string().nullable(),
  reversedBy: z.string().nullable(),
  reason: z.string().nullable(),
})

const shownLine = (line: Movement & { readonly reversed_by: string | null; readonly currency: string }): z.infer<typeof StatementLine> => ({
  id: line.id,
  at: line.at,
  bookedOn: line.booked_on,
  kind: line.kind,
  amount: Number(line.amount),
  currency: line.currency,
  breakup: {
    lateCharge: Number(line.late_charge),
    interest: Number(line.interest),
    principal: Number(line.principal),
    wallet: Number(line.wallet),
  },
  balance: Number(line.balance),
  transfer: line.transfer,
  payment: line.payment,
  reversedBy: line.reversed_by,
  reason: line.reason,
})

// Money in and out of a loan, newest first, each line with its split, the principal left, and the transfer that proves it.
export const statement = view(
  'lending.statement',
  {
    summary: "A loan's statement, newest first",
    input: z.strictObject({ loan: LoanId, ...pageFields }),
    answer: pageOf(StatementLine),
    may: readers,
    faults: ['lending.loan_unknown', 'http.cursor_invalid'],
  },
  async ({ read }, { loan: id, limit, after }) => {
    const { loan } = await readLive(read, id)
    const [at = null, last = null] = readCursor(after, ['instant', 'text']) ?? []
    const found = await read<Movement & { reversed_by: string | null }>(sql`
      select id, loan, kind, at, booked_on, amount, late_charge, interest, principal, wallet, balance, transfer, payment, source, excess,
        reversed_by, reason
      from lending.movement where loan = ${id} and (${at}::timestamptz is null or (at, id) < (${at}::timestamptz, ${last}::text))
      order by at desc, id desc limit ${limit + 1}`)
    return paged(
      found,
      limit,
      (line) => shownLine({ ...line, currency: loan.currency }),
      (line) => [line.at, line.id],
    )
  },
)

import { sql } from '#kernel/db'
import { paged, pageFields, pageOf, readCursor } from '#kernel/http'
import { addMonths } from '#kernel/money'
import type { IsoDate } from '#kernel/money'
import { own, view } from '#kernel/operations'
import type { ViewContext } from '#kernel/operations'
import { z } from 'zod'
import { beginning, replay } from './appropriate.ts'
import { daysOverdue, loanRowsOf } from './loan-row.ts'
import { readLive, storedRows } from './instalment.ts'
import type { LiveLoan, StoredRow } from './instalment.ts'
import { LoanId, ownerOfLoan, termsOf } from './loan.ts'
import { paymentOf, readStanding } from './movement.ts'
import type { Movement } from './movement.ts'
import { lateChargeSoFar } from './penalty.ts'

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

// The late charge that each row has caused until a day, or until the loan ended: unpaid × days, as the repayments left it from day to day. The
// loan's own is rounded once on the whole; a row is told what it adds to the rows before it, so that they sum to it and what is over stays as it was.
const chargesOf = async (read: ViewContext['read'], { loan, position }: LiveLoan, today: IsoDate): Promise<ReadonlyMap<number, bigint>> => {
  const { terms, lateCharge } = position
  const payments = (await readStanding(read, loan.id)).map(paymentOf)
  const { overdue } = replay(beginning(terms, lateCharge.perDay), payments, loan.ended_on ?? today)
  const charges = new Map<number, bigint>()
  let [amountDays, told] = [0n, 0n]
  // Rows become overdue in their order, and so are told in it.
  for (const [number, more] of overdue) {
    amountDays += more
    const soFar = lateChargeSoFar({ ...lateCharge, amountDays })
    charges.set(number, soFar - told)
    told = soFar
  }
  return charges
}

const shownRow = (row: StoredRow, lateCharge: bigint, today: IsoDate): z.infer<typeof ScheduleRow> => {
  const daysLate = daysOverdue(row.due_on, row.paid_on ?? today)
  return {
    number: row.number,
    dueOn: row.due_on,
    opening: Number(row.opening),
    principal: Number(row.principal),
    interest: Number(row.interest),
    lateCharge: Number(lateCharge),
    total: Number(row.principal + row.interest),
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
    const live = await readLive(read, id)
    const { loan, stored } = live
    if (loan.disbursed_on === null) {
      const rows = loanRowsOf(termsOf(loan, { disbursedOn: today, firstDueOn: addMonths(today, 1) }))
      return { items: storedRows(id, rows, { before: [], on: today }).map((row) => shownRow(row, 0n, today)), next: null }
    }
    const charges = await chargesOf(read, live, today)
    return { items: stored.map((row) => shownRow(row, charges.get(row.number) ?? 0n, today)), next: null }
  },
)

const StatementLine = z.strictObject({
  id: z.string(),
  at: z.string(),
  bookedOn: z.string(),
  kind: z.enum(['disbursal', 'repayment', 'reversal', 'foreclosure', 'interest_due']),
  amount: z.int(),
  currency: z.string(),
  breakup: z.strictObject({ lateCharge: z.int(), interest: z.int(), principal: z.int(), fees: z.int(), wallet: z.int() }),
  balance: z.int(),
  transfer: z.string(),
  payment: z.string().nullable(),
  reversedBy: z.string().nullable(),
  reason: z.string().nullable(),
})

// Fees and their tax: what a disbursal kept back of the principal, and what a foreclosure cost beside what was owed.
const feesOf = ({ kind, amount, late_charge, interest, principal, wallet }: Movement): bigint => {
  if (kind === 'disbursal') return amount - wallet
  return kind === 'foreclosure' ? amount - late_charge - interest - principal : 0n
}

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
    fees: Number(feesOf(line)),
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

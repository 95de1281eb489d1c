import { sql, type Sql } from '#kernel/db'
import { DateText } from '#kernel/money'
import { view } from '#kernel/operations'
import { z } from 'zod'

const TrialBalance = z.strictObject({
  on: z.string(),
  currency: z.string(),
  rows: z.array(z.strictObject({ account: z.string(), name: z.string(), accounts: z.int(), debit: z.int(), credit: z.int() })),
  total: z.strictObject({ debit: z.int(), credit: z.int() }),
  /** Debits less credits: zero, or the books are broken. */
  difference: z.int(),
})

interface CodeRow {
  readonly code: string
  readonly accounts: bigint
  readonly posted: bigint
}

// What stands now less what was booked later: of the entries only those are read. An account of which all is later was not there yet.
const asOf = (currency: string, on: string): Sql => sql`
  with later as materialized (select account, count(*) as n, sum(amount) as amount from ledger.entry where booked_on > ${on}::date group by account)
  select a.code, count(*) as accounts, sum(a.posted - coalesce(later.amount, 0))::bigint as posted
  from ledger.account a left join later on later.account = a.id
  where a.unit = ${currency} and a.n > coalesce(later.n, 0) group by a.code order by a.code`

/** What each group of accounts holds at the end of a booked date, debits against credits; of one unit, INR unless said. */
export const trialBalance = view(
  'ledger.trial_balance',
  {
    summary: 'Trial balance, now or as of a date',
    input: z.strictObject({ on: DateText.optional(), currency: z.string().max(40).default('INR') }),
    answer: TrialBalance,
    may: ['admin', 'credit_officer', 'cashier', 'auditor'],
  },
  async ({ read, clock }, { on, currency }) => {
    const found = await read<CodeRow>(
      on === undefined
        ? sql`select code, count(*) as accounts, sum(posted)::bigint as posted from ledger.account where unit = ${currency} group by code order by code`
        : asOf(currency, on),
    )
    const rows = found.map(({ code, accounts, posted }) => ({
      account: code,
      name: code.replaceAll('_', ' ').replaceAll(':', ': '),
      accounts: Number(accounts),
      debit: posted > 0n ? Number(posted) : 0,
      credit: posted < 0n ? Number(-posted) : 0,
    }))
    const total = { debit: rows.reduce((sum, row) => sum + row.debit, 0), credit: rows.reduce((sum, row) => sum + row.credit, 0) }
    return { on: on ?? clock.today(), currency, rows, total, difference: total.debit - total.credit }
  },
)

import { sql } from '#kernel/db'
import { addDays } from '#kernel/money'
import type { IsoDate } from '#kernel/money'
import { view, type ViewContext } from '#kernel/operations'
import { z } from 'zod'
import { HOUSE_CURRENCY } from './accounts.ts'
import { BUCKETS, bucketOf } from './loan-row.ts'
import type { Bucket } from './loan-row.ts'

const DAYS_SHOWN = 30
const WAITING_SHOWN = 20

type Read = ViewContext['read']
const number = (value: bigint | null | undefined): number => Number(value ?? 0n)

// Sums are numeric in PostgreSQL, which arrives as text: every sum is cast back.
const book = async (read: Read, today: IsoDate) => {
  const [row] = await read<
    Record<'loans' | 'outstanding' | 'overdue' | 'late' | 'due' | 'due_rows' | 'due_paid' | 'on_the_way', bigint>
  >(sql`
    select count(distinct l.id) as loans, coalesce(sum(i.principal - i.paid_principal), 0)::bigint as outstanding,
      coalesce(sum(i.principal + i.interest - i.paid_principal - i.paid_interest) filter (where i.due_on < ${today}), 0)::bigint as overdue,
      count(distinct l.id) filter (where l.unpaid_since < ${today}) as late,
      coalesce(sum(i.principal + i.interest) filter (where i.due_on = ${today}), 0)::bigint as due,
      count(*) filter (where i.due_on = ${today}) as due_rows,
      coalesce(sum(i.paid_principal + i.paid_interest) filter (where i.due_on = ${today}), 0)::bigint as due_paid,
      (select count(*) from lending.loan where state = 'accepted') as on_the_way
    from lending.loan l join lending.instalment i on i.loan = l.id where l.state = 'active'`)
  return row
}

const movedOn = (read: Read, today: IsoDate) =>
  read<{ on: IsoDate; in: bigint; out: bigint; payments: bigint; loans: bigint }>(sql`
    select booked_on as on, coalesce(sum(amount) filter (where kind <> 'disbursal'), 0)::bigint as in,
      coalesce(sum(amount) filter (where kind = 'disbursal'), 0)::bigint as out,
      count(*) filter (where kind in ('repayment', 'foreclosure') and reversed_by is null) as payments,
      count(*) filter (where kind = 'disbursal') as loans
    from lending.movement where booked_on > ${addDays(today, -DAYS_SHOWN)}::date and kind <> 'interest_due' group by booked_on`)

const byBucket = async (read: Read, today: IsoDate) => {
  const found = await read<{ dpd: number; npa: boolean; loans: bigint; outstanding: bigint }>(sql`
    select greatest(coalesce(${today}::date - l.unpaid_since + 1, 0), 0) as dpd, l.npa, count(*) as loans, sum(o.owed)::bigint as outstanding
    from lending.loan l, lateral (select coalesce(sum(i.principal - i.paid_principal), 0) as owed from lending.instalment i where i.loan = l.id) o
    where l.state = 'active' group by 1, 2`)
  const sums = new Map<Bucket, { loans: number; outstanding: number }>(BUCKETS.map((bucket) => [bucket, { loans: 0, outstanding: 0 }]))
  for (const row of found) {
    const sum = sums.get(bucketOf(row.dpd, row.npa ? 'NPA' : 'current'))
    if (!sum) continue
    sum.loans += Number(row.loans)
    sum.outstanding += Number(row.outstanding)
  }
  return [...sums].map(([bucket, sum]) => ({ bucket, ...sum }))
}

const waitingNow = async (read: Read) => {
  const where = sql`(state = 'referred' or (state = 'accepted' and failure is not null))`
  const [count] = await read<{ count: bigint }>(sql`select count(*) as count from lending.loan where ${where}`)
  const items = await read<{ id: string; person_name: string; principal: bigint; failure: string | null; applied_at: string }>(
    sql`select id, person_name, principal, failure, applied_at from lending.loan where ${where} order by applied_at limit ${WAITING_SHOWN}`,
  )
  return {
    count: number(count?.count),
    items: items.map((row) => ({
      loan: row.id,
      personName: row.person_name,
      amount: Number(row.principal),
      why: row.failure ?? 'For an officer to decide',
      since: row.applied_at,
    })),
  }
}

const Sum = z.strictObject({ amount: z.int(), loans: z.int() })
const Overview = z.strictObject({
  businessDate: z.string(),
  currency: z.string(),
  activeLoans: z.int(),
  disbursed: z.strictObject({ amount: z.int(), loans: z.int(), onTheWay: z.int() }),
  collectedToday: z.strictObject({ amount: z.int(), payments: z.int() }),
  dueToday: z.strictObject({ amount: z.int(), instalments: z.int(), collected: z.int() }),
  overdue: Sum,
  outstanding: Sum,
  waiting: z.strictObject({
    count: z.int(),
    items: z.array(z.strictObject({ loan: z.string(), personName: z.string(), amount: z.int(), why: z.string(), since: z.string() })),
  }),
  byBucket: z.array(z.strictObject({ bucket: z.enum(BUCKETS), loans: z.int(), outstanding: z.int() })),
  moneyByDay: z.array(z.strictObject({ on: z.string(), in: z.int(), out: z.int() })),
})

// The book at a glance: what is out, due, late and waiting for a person, and the money of the last 30 days.
export const overview = view(
  'lending.overview',
  {
    summary: 'The book at a glance',
    input: z.strictObject({}),
    answer: Overview,
    may: ['admin', 'credit_officer', 'cashier', 'auditor'],
  },
  async ({ read, clock }) => {
    const today = clock.today()
    const [sums, moved, buckets, waiting] = [
      await book(read, today),
      await movedOn(read, today),
      await byBucket(read, today),
      await waitingNow(read),
    ]
    const days = new Map(moved.map((day) => [day.on, day]))
    const now = days.get(today)
    const loans = number(sums?.loans)
    return {
      businessDate: today,
      currency: HOUSE_CURRENCY,
      activeLoans: loans,
      disbursed: { amount: number(now?.out), loans: number(now?.loans), onTheWay: number(sums?.on_the_way) },
      collectedToday: { amount: number(now?.in), payments: number(now?.payments) },
      dueToday: { amount: number(sums?.due), instalments: number(sums?.due_rows), collected: number(sums?.due_paid) },
      overdue: { amount: number(sums?.overdue), loans: number(sums?.late) },
      outstanding: { amount: number(sums?.outstanding), loans },
      waiting,
      byBucket: buckets,
      moneyByDay: Array.from({ length: DAYS_SHOWN }, (_, at) => {
        const on = addDays(today, at - DAYS_SHOWN + 1)
        return { on, in: number(days.get(on)?.in), out: number(days.get(on)?.out) }
      }),
    }
  },
)

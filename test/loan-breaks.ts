import { type Pool, sql } from '#kernel/db'

/** What loans say beside what the ledger says; every row that this selects is a break. */
export const breaksOf = (pool: Pool, loans: readonly string[]) =>
  pool.query<{ what: string }>(sql`
    with figures as (
      select l.id, l.state, l.principal, l.late_paid, l.ended_on, sum(i.principal - i.paid_principal)::bigint as owed,
        sum(i.interest - i.paid_interest) filter (where i.fallen)::bigint as receivable,
        sum(i.paid_interest) filter (where not i.fallen)::bigint as advance,
        min(i.due_on) filter (where i.principal + i.interest > i.paid_principal + i.paid_interest) as unpaid_since, l.unpaid_since as said_since
      from lending.loan l join lending.instalment i on i.loan = l.id where l.id = any(${loans}::text[]) group by l.id),
    book(id, posted) as (select id, posted from ledger.account where owner is not null),
    moved as (
      select loan, kind, amount, late_charge, interest, principal, wallet, transfer from lending.movement where loan = any(${loans}::text[])),
    legs as (select transfer, account, sum(amount)::bigint as amount from ledger.entry where transfer in (select transfer from moved) group by 1, 2)
    select id || ': principal' as what from figures f
      where owed <> coalesce((select posted from book b where b.id = 'loan:' || f.id || ':principal'), 0)
    union all select id || ': interest receivable' from figures f
      where coalesce(receivable, 0) <> coalesce((select posted from book b where b.id = 'loan:' || f.id || ':interest'), 0)
    union all select id || ': interest in advance' from figures f
      where -coalesce(advance, 0) <> coalesce((select posted from book b where b.id = 'loan:' || f.id || ':interest_in_advance'), 0)
    union all select id || ': ended with something owed' from figures where state <> 'active' and (owed <> 0 or coalesce(receivable, 0) <> 0)
    union all select id || ': ended, or not' from figures where (state = 'active') <> (ended_on is null)
    union all select id || ': unpaid since' from figures where unpaid_since is distinct from said_since
    union all select id || ': statement' from figures f where owed <> (
      select sum(case kind when 'disbursal' then m.principal else -m.principal end)::bigint from moved m where m.loan = f.id)
    union all select id || ': late charge of the statement' from figures f where late_paid <> (select sum(late_charge)::bigint from moved m where m.loan = f.id)
    union all select transfer || ': parts of a repayment' from moved
      where kind = 'repayment' and amount <> late_charge + interest + principal + wallet
    union all select transfer || ': principal booked' from moved m where kind <> 'interest_due' and (case kind when 'disbursal' then principal else -principal end) <>
      coalesce((select amount from legs g where g.transfer = m.transfer and account = 'loan:' || m.loan || ':principal'), 0)
    union all select transfer || ': interest booked' from moved m where kind not in ('interest_due', 'disbursal') and -interest <>
      coalesce((select sum(amount)::bigint from legs g where g.transfer = m.transfer and account in
        ('loan:' || m.loan || ':interest', 'loan:' || m.loan || ':interest_in_advance', 'income:interest')), 0)
    union all select transfer || ': late charge booked' from moved m where kind <> 'interest_due' and -late_charge <>
      coalesce((select amount from legs g where g.transfer = m.transfer and account = 'income:late_charge'), 0)`)

/** What must hold of the whole of the books. */
export const breaks = (pool: Pool) =>
  pool.query<{ what: string }>(sql`
    with book(id, posted) as (select id, posted from ledger.account)
    select 'late charges' as what where (select coalesce(sum(late_paid), 0) from lending.loan) <>
      -coalesce((select posted from book where id = 'income:late_charge'), 0)
    union all select 'trial balance' where (select sum(posted) from book) <> 0
    union all select transfer || ': unbalanced' from ledger.entry group by transfer having sum(amount) <> 0
    union all select 'not zero on ' || booked_on from ledger.entry group by booked_on having sum(amount) <> 0
    union all select account || ': entries' from ledger.entry e group by account having sum(amount) <> (select posted from book b where b.id = e.account)
    union all select id || ': below its guard' from ledger.account where min is not null and (case side when 'debit' then posted else -posted end) - held < min`)

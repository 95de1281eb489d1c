import { sql } from '#kernel/db'
import type { TestDatabase } from '#test/database'

/**
 * What a told story left in the books, without what differs from telling to telling: ids, hashes, machine time. Business time differs only
 * where a dead process's try counts, so instants are shown as days.
 */
export async function booksOf({ pool }: TestDatabase): Promise<Readonly<Record<string, readonly object[]>>> {
  return {
    people: await pool.query(sql`select name, phone, email, pan, login, roles, state, created_at from identity.person order by phone`),
    products: await pool.query(sql`select name, version, annual_rate, made_at from lending.product order by name, version`),
    loans: await pool.query(sql`
      select l.person_name, l.product_name, l.product_version, l.principal, l.instalments, l.state, l.applied_at, l.score, l.decision, l.reasons,
        l.offer_expires_on, l.rejected_reason, l.failure, l.disbursed_on, l.ended_on, l.late_amount_days, l.late_paid, l.npa, l.unpaid_since,
        l.revision, p.name as decided_by
      from lending.loan l left join identity.person p on p.id = l.decided_by order by l.applied_at, l.person_name, l.principal`),
    instalments: await pool.query(sql`
      select l.person_name, l.applied_at, i.number, i.due_on, i.principal, i.interest, i.paid_principal, i.paid_interest, i.paid_on, i.fallen
      from lending.instalment i join lending.loan l on l.id = i.loan order by l.applied_at, l.person_name, i.number`),
    movements: await pool.query(sql`
      select l.person_name, l.applied_at, m.kind, m.at, m.booked_on, m.amount, m.late_charge, m.interest, m.principal, m.wallet, m.balance, m.payment,
        m.source, m.reason, m.reversed_by is not null as reversed
      from lending.movement m join lending.loan l on l.id = m.loan
      order by l.applied_at, l.person_name, m.at, m.kind, m.payment, m.amount`),
    accounts: await pool.query(sql`
      select a.code, coalesce(p.name, '') as owner, a.unit, a.posted, a.held, count(*) as entries, sum(e.amount)::bigint as sum
      from ledger.account a join ledger.entry e on e.account = a.id left join identity.person p on p.id = a.owner
      group by a.id, a.code, p.name, a.unit, a.posted, a.held order by a.code, p.name, a.posted, entries`),
    transfers: await pool.query(sql`select count(*) as n from ledger.transfer`),
    events: await pool.query(sql`select type, count(*) as n from events.event group by type order by type`),
    done: await pool.query(
      sql`select operation, outcome, count(*) as n from audit.record where outcome = 'done' group by 1, 2 order by 1, 2`,
    ),
  }
}

import { bindRows, rows, sql } from '#kernel/db'
import type { SealedStream } from '#kernel/digest'

const entriesAt = sql`
  select e.transfer, e.account, e.n, e.amount, e.posted, e.hash
  from ${rows({ account: 'text', n: 'bigint' })} x join ledger.entry e on e.account = x.account and e.n = x.n`

/** Transfers as they are sealed; accounts and entries are compared with them in every export. */
export const sealedTransfers: SealedStream = {
  name: 'transfer',
  table: ['ledger', 'transfer'],
  columns: { key: 'key', at: 'at', booked_on: 'bookedOn', operation: 'operation', reverses: 'reverses' },
  books: {
    accounts: (after, limit) =>
      sql`select id as account, n, posted, head from ledger.account where id > ${after} order by id limit ${limit}`,
    entries: (places) =>
      bindRows(
        entriesAt,
        places.map(({ account, n }) => ({ account, n })),
      ),
    orphans: (limit) => sql`
      select e.transfer, e.account, e.n, e.amount, e.posted, e.hash
      from ledger.entry e left join ledger.account a on a.id = e.account left join ledger.transfer t on t.id = e.transfer
      where t.id is null or e.n not between 1 and a.n or (a.id is null and strpos(t.body, to_json(e.account)::text) = 0)
      order by e.account, e.n limit ${limit}`,
  },
}

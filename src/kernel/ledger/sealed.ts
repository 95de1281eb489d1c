import { bindKeys, keys, sql } from '#kernel/db'
import type { SealedStream } from '#kernel/digest'

const entriesOf = sql`select transfer, account, n, amount, posted, hash from ledger.entry where transfer = any(${keys('text')})`

/** Transfers as they are sealed; accounts and entries are compared with them in every export. */
export const sealedTransfers: SealedStream = {
  name: 'transfer',
  table: ['ledger', 'transfer'],
  columns: { key: 'key', at: 'at', booked_on: 'bookedOn', operation: 'operation', reverses: 'reverses' },
  books: {
    accounts: (after, limit) =>
      sql`select id as account, n, posted, head from ledger.account where id > ${after} order by id limit ${limit}`,
    entries: (transfers) => bindKeys(entriesOf, transfers),
    orphans: (limit) => sql`
      select e.transfer, e.account, e.n, e.amount, e.posted, e.hash from ledger.entry e
      where not exists (select from ledger.transfer t where t.id = e.transfer) order by e.account, e.n limit ${limit}`,
  },
}

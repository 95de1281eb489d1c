import { bindCopy, bindKeys, bindRows, type Columns, copyInto, type Sql, type Statement } from '#kernel/db'

/**
 * What an operation may do to the database: ask (answered together with its group's other questions) and write (buffered,
 * flushed set-wise with the commit). Only the executor makes one, so a pool can't be passed where a transaction is meant.
 */
export interface Tx {
  readonly kind: 'transaction'
  /** When, on which business day, through which operation and by whom: what a posting, an event or a record says of itself. */
  readonly moment: Moment
  /** Puts one question; it is answered in one statement with the same questions of the group's other operations. */
  ask<Q, R, Found>(gathering: Gathering<Q, R, Found>, question: Q): Promise<R>
  /** Buffers one row for a set-wise write; dropped with the operation if it refuses. */
  write<Row>(statement: Write<Row>, row: Row): void
}
/** `at` is an ISO instant in UTC, `today` the business date; both are the group's, so its members agree on them. */
export interface Moment {
  readonly at: string
  readonly today: string
  readonly operation: string
  readonly person: string
}

/** What a gathering sees of the group whose questions it answers. */
export interface GroupTx {
  query<Row extends object>(bound: Statement): Promise<readonly Row[]>
  /** State that lives as long as the group: account balances computed in memory, keys already seen. */
  state<T>(owner: symbol, make: () => T): T
  /** Adds statements to each flush of the group, after its operations' own. */
  atFlush(owner: symbol, statements: () => readonly Statement[]): void
}

export interface Asked<Q> {
  readonly tx: Tx
  readonly question: Q
}

/**
 * A kind of question that many operations may ask at the same time. `ask` sends the statements for all of them, `answer` decides,
 * in order of arrival, for those that still live; an Error among the answers is thrown to its asker alone.
 */
export interface Gathering<Q, R, Found = unknown> {
  readonly name: string
  /** A last question waits until nobody in the group asks anything else, and its asker must not refuse after it. */
  readonly last: boolean
  ask(group: GroupTx, asked: readonly Asked<Q>[]): Promise<Found>
  answer(found: Found, asked: readonly Asked<Q>[], group: GroupTx): readonly (R | Error)[]
}

/** A set-wise write: one statement for all rows of a group. Statements are flushed in the order of their declaration. */
export interface Write<Row> {
  readonly order: number
  bind(rows: readonly Row[]): readonly Statement[]
  /** What else these rows are known by, among what a transaction wrote. */
  kinds?(rows: readonly Row[]): Iterable<unknown>
}

/** The kinds of writes that a transaction made: who waits for a kind of row wakes for it alone. */
export type Wrote = ReadonlySet<unknown>

let declared = 0

/** Declares a write from a statement with one `rows({...})`: `recordPaid(tx, { loan, paid })`. At most one row per target row and operation. */
export function each<Row extends object>(statement: Sql): (tx: Tx, row: Row) => void {
  const write = writeOf<Row>((rows) => [bindRows(statement, rows as readonly Record<string, unknown>[])])
  return (tx, row) => tx.write(write, row)
}

/** Declares a write of whole new rows: `recordEntry(tx, row)`. By COPY, which costs less than `each` the more rows a group brings. */
export function copied<Row extends object>(table: readonly [schema: string, table: string], columns: Columns): (tx: Tx, row: Row) => void {
  const copying = copyInto(table, columns)
  const write = writeOf<Row>((rows) => [bindCopy(copying, rows as readonly Record<string, unknown>[])])
  return (tx, row) => tx.write(write, row)
}

/** A write that needs more than one statement, run in the order given: the event log locks its keys before it inserts. */
export function writeOf<Row>(bind: Write<Row>['bind'], kinds?: Write<Row>['kinds']): Write<Row> {
  return { order: declared++, bind, ...(kinds ? { kinds } : {}) }
}

/**
 * Declares a read by key from a statement with one `keys(type)`: `await lockLoan(tx, id)`. Calls of one tick become one statement.
 * `by` names the column that holds the key. Put `for update` and `order by` into the statement where it locks.
 */
export function keyed<Row extends object>(statement: Sql, by: keyof Row & string): (tx: Tx, key: string) => Promise<Row | undefined> {
  const listed = rowsByKey<Row>(statement, by)
  return async (tx, key) => (await tx.ask(listed, key))[0]
}

/** As `keyed`, for statements that give several rows a key, in the statement's order. */
export function listed<Row extends object>(statement: Sql, by: keyof Row & string): (tx: Tx, key: string) => Promise<readonly Row[]> {
  const gathering = rowsByKey<Row>(statement, by)
  return (tx, key) => tx.ask(gathering, key)
}

/** The gathering behind `keyed` and `listed`, for those who keep it as a value. */
export function rowsByKey<Row extends object>(statement: Sql, by: keyof Row & string): Gathering<string, readonly Row[], readonly Row[]> {
  return {
    name: statement.name ?? 'unnamed',
    last: false,
    ask: (group, asked) => group.query<Row>(bindKeys(statement, [...new Set(asked.map((each) => each.question))])),
    answer(rows, asked) {
      const found = new Map<unknown, Row[]>()
      for (const row of rows) {
        const key = row[by]
        const known = found.get(key)
        if (known) known.push(row)
        else found.set(key, [row])
      }
      return asked.map((each) => found.get(each.question) ?? [])
    },
  }
}

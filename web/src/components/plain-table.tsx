import type { ReactNode } from 'react'
import styles from '#components/table.module.css'

export type Column<Row> = {
  readonly id: string
  readonly head: ReactNode
  readonly cell: (row: Row, at: number) => ReactNode
  readonly align?: 'right'
  readonly strong?: boolean
  readonly quiet?: boolean
  /**
   * Left out on a phone, where the row becomes a card; `most`: already where a table of many columns has not room for all of them;
   * `beside`: there alone, for a card has room for it.
   */
  readonly wide?: boolean | 'most' | 'beside'
  /** Where it stands on a phone: at the start or the end of the first line, or on a line of its own; else among the figures. */
  readonly place?: 'start' | 'end' | 'line'
  readonly sort?: string
  /** On a phone it says by itself what it is. */
  readonly bare?: boolean
  /** Stays on one line: a time, a date. */
  readonly nowrap?: boolean
  /** Where a row opens to a dialog: its button stands in this column; this is its name, which begins with what the cell says. */
  readonly opens?: (row: Row) => string
}

/** A row on a phone has no head: what does not say by itself what it is brings its name along. */
const ownHead = <Row,>({ head, align, sort, place, bare }: Column<Row>, rows: 'cards' | 'blocks'): string | undefined => {
  if (bare) return undefined
  const needed = rows === 'cards' ? align === 'right' || sort !== undefined : place === undefined
  return typeof head === 'string' && needed ? head : undefined
}

/** How a column's cells are drawn, and on a phone where in a card or a block of figures they stand. */
export const cellOf = <Row,>(column: Column<Row>, rows: 'cards' | 'blocks' | 'plain') => ({
  'data-align': column.align,
  'data-strong': column.strong || undefined,
  'data-quiet': column.quiet || undefined,
  'data-wide': column.wide || undefined,
  'data-nowrap': column.nowrap || undefined,
  'data-place': column.place,
  'data-head': rows === 'plain' ? undefined : ownHead(column, rows),
})

type Props<Row> = {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string | number
  readonly tone?: (row: Row) => 'bad' | 'glow' | 'picked' | undefined
  readonly dense?: boolean
  /** On a phone each row becomes a block of three columns, its figures under their names; else the table scrolls sideways. */
  readonly stack?: boolean
  readonly foot?: ReactNode
}

/** A short table in full. Lists that can grow without end use DataTable. */
export const PlainTable = <Row,>({ caption, columns, rows, keyOf, tone, dense = false, stack = false, foot }: Props<Row>) => (
  <div className={styles.scroll} role="region" aria-label={caption} tabIndex={0}>
    <table className={`${styles.table} ${stack ? styles.stack : ''}`} data-dense={dense || undefined}>
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.id} scope="col" data-align={column.align} data-wide={column.wide || undefined}>
              {column.head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          <tr key={keyOf(row)} data-tone={tone?.(row)}>
            {columns.map((column) => (
              <td key={column.id} {...cellOf(column, stack ? 'blocks' : 'plain')}>
                {column.cell(row, at)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      {foot && <tfoot>{foot}</tfoot>}
    </table>
  </div>
)

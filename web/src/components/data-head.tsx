import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import type { Column } from '#components/plain-table.tsx'
import styles from '#components/table.module.css'

type Props<Row> = {
  readonly columns: readonly Column<Row>[]
  readonly sort: string | undefined
  readonly onSort: ((sort: string) => void) | undefined
}

const sortedAs = (key: string | undefined, sort: string | undefined): 'ascending' | 'descending' | undefined => {
  if (!key) return undefined
  if (sort === key) return 'ascending'
  return sort === `-${key}` ? 'descending' : undefined
}

/** The head of a long table; a column that can be sorted by is a button. */
export const DataHead = <Row,>({ columns, sort, onSort }: Props<Row>) => (
  <thead>
    <tr aria-rowindex={1}>
      {columns.map((column) => {
        const sorted = sortedAs(column.sort, sort)
        return (
          <th key={column.id} scope="col" data-align={column.align} data-wide={column.wide || undefined} aria-sort={sorted}>
            {column.sort && onSort ? (
              <button
                type="button"
                className={styles.sort}
                onClick={() => onSort(sorted === 'descending' ? (column.sort ?? '') : `-${column.sort}`)}
              >
                {column.head}
                {sorted === 'descending' && <IconArrowDown size={14} stroke={1.75} aria-hidden="true" />}
                {sorted === 'ascending' && <IconArrowUp size={14} stroke={1.75} aria-hidden="true" />}
              </button>
            ) : (
              column.head
            )}
          </th>
        )
      })}
    </tr>
  </thead>
)

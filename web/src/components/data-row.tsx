import { tableFeatures, type Row as TableRow, type RowData } from '@tanstack/react-table'
import type { ReactNode, Ref } from 'react'
import { cellOf, type Column } from '#components/plain-table.tsx'
import styles from '#components/table.module.css'

export const features = tableFeatures({})

type Props<Item extends RowData> = {
  readonly row: TableRow<typeof features, Item>
  readonly columns: readonly Column<Item>[]
  readonly index: number
  readonly here: boolean
  readonly tone: string | undefined
  readonly onOpen: ((item: Item) => void) | undefined
  readonly onHere: () => void
  readonly measure: Ref<HTMLTableRowElement>
}

const isPlainClick = (target: EventTarget) =>
  target instanceof Element && target.closest('a, button') === null && document.getSelection()?.type !== 'Range'

/** What opens a row for whoever comes to it without a mouse: its own button, else its first link. */
export const openerOf = (row: Element | null | undefined): HTMLElement | null | undefined =>
  row?.querySelector<HTMLElement>('[data-opens]') ?? row?.querySelector<HTMLElement>('a')

/** One row of a long table; a click anywhere but on its links opens it. */
export const DataRow = <Item extends RowData>({ row, columns, index, here, tone, onOpen, onHere, measure }: Props<Item>) => (
  <tr
    ref={measure}
    data-index={index}
    aria-rowindex={index + 2}
    data-tone={tone}
    data-here={here || undefined}
    data-link={onOpen !== undefined || undefined}
    onFocus={onHere}
    onClick={(event) => {
      if (!onOpen || !isPlainClick(event.target)) return
      // What closes the dialog gives the focus back to the row that was opened.
      openerOf(event.currentTarget)?.focus({ preventScroll: true })
      onOpen(row.original)
    }}
  >
    {columns.map((column) => (
      <td key={column.id} {...cellOf(column, 'cards')}>
        {column.opens && onOpen ? (
          <button
            type="button"
            className={styles.opens}
            data-opens
            aria-haspopup="dialog"
            aria-label={column.opens(row.original)}
            onClick={() => onOpen(row.original)}
          >
            {column.cell(row.original, index)}
          </button>
        ) : (
          column.cell(row.original, index)
        )}
      </td>
    ))}
  </tr>
)

/** The room of rows that are not drawn. */
export const Room = ({ height, columns }: { readonly height: number; readonly columns: number }): ReactNode =>
  height > 0 && (
    <tr aria-hidden="true">
      <td colSpan={columns} style={{ height, padding: 0 }} />
    </tr>
  )

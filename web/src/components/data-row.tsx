import { tableFeatures, type Row as TableRow, type RowData } from '@tanstack/react-table'
import type { ReactNode, Ref } from 'react'
import { cellOf, type Column } from '#components/plain-table.tsx'

export const features = tableFeatures({})

type Props<Item extends RowData> = {
  readonly row: TableRow<typeof features, Item>
  readonly columns: readonly Column<Item>[]
  readonly index: number
  readonly here: boolean
  readonly tone: string | undefined
  readonly onOpen: ((item: Item) => void) | undefined
  readonly measure: Ref<HTMLTableRowElement>
}

const isPlainClick = (target: EventTarget) =>
  target instanceof Element && target.closest('a, button') === null && document.getSelection()?.type !== 'Range'

/** One row of a long table; a click anywhere but on its links opens it. */
export const DataRow = <Item extends RowData>({ row, columns, index, here, tone, onOpen, measure }: Props<Item>) => (
  <tr
    ref={measure}
    data-index={index}
    data-tone={tone}
    data-here={here || undefined}
    data-link={onOpen !== undefined || undefined}
    onClick={(event) => {
      if (onOpen && isPlainClick(event.target)) onOpen(row.original)
    }}
  >
    {columns.map((column) => (
      <td key={column.id} {...cellOf(column, 'cards')}>
        {column.cell(row.original, index)}
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

import { createColumnHelper, tableFeatures, useTable, type RowData } from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import type { Column } from '#components/plain-table.tsx'
import { useDensity } from '#services/density.ts'
import { useKeys } from '#services/keys.ts'
import styles from '#components/table.module.css'

type Props<Row> = {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly to?: (row: Row) => string
  readonly onOpen?: (row: Row) => void
  readonly tone?: (row: Row) => 'bad' | 'glow' | 'picked' | undefined
  readonly sort?: string | undefined
  readonly onSort?: (sort: string) => void
  readonly more?: boolean
  readonly onMore?: () => void
  readonly foot?: ReactNode
}

const OVERSCAN = 12
const MORE_WITHIN = 20
const features = tableFeatures({})
const scroller = () => document.querySelector<HTMLElement>('[data-scroll]')

const SortHead = ({
  column,
  sort,
  onSort,
}: {
  readonly column: { head: ReactNode; sort: string }
  readonly sort: string | undefined
  readonly onSort: (sort: string) => void
}) => {
  const down = sort === `-${column.sort}`
  const up = sort === column.sort
  return (
    <button type="button" className={styles.sort} onClick={() => onSort(down ? column.sort : `-${column.sort}`)}>
      {column.head}
      {down && <IconArrowDown size={14} stroke={1.75} aria-hidden="true" />}
      {up && <IconArrowUp size={14} stroke={1.75} aria-hidden="true" />}
    </button>
  )
}

/** A list without end: only the rows in view are drawn; `j`, `k` and Enter walk it; more is fetched as its end comes near. */
export const DataTable = <Row extends RowData>(props: Props<Row>) => {
  const { caption, columns, rows, keyOf, to, onOpen, tone, sort, onSort, more = false, onMore, foot } = props
  const navigate = useNavigate()
  const compact = useDensity() === 'compact'
  const [here, setHere] = useState(-1)
  const body = useRef<HTMLTableSectionElement>(null)
  const defs = useMemo(() => {
    const helper = createColumnHelper<typeof features, Row>()
    return helper.columns(
      columns.map((column) =>
        helper.display({
          id: column.id,
          header: () => column.head,
          cell: (context) => column.cell(context.row.original, context.row.index),
        }),
      ),
    )
  }, [columns])
  const data = useMemo(() => [...rows], [rows])
  const table = useTable({ features, columns: defs, data, getRowId: keyOf })
  const model = table.getRowModel().rows
  const virtual = useVirtualizer({
    count: model.length,
    getScrollElement: scroller,
    estimateSize: () => (compact ? 32 : 40),
    overscan: OVERSCAN,
    scrollMargin: body.current?.offsetTop ?? 0,
    getItemKey: (at) => model[at]?.id ?? at,
  })
  const items = virtual.getVirtualItems()
  const first = items[0]
  const last = items.at(-1)
  useEffect(() => {
    if (more && last && last.index > model.length - MORE_WITHIN) onMore?.()
  }, [last, more, model.length, onMore])

  const open = (row: Row | undefined) => {
    if (!row) return
    if (to) void navigate({ to: to(row) })
    else onOpen?.(row)
  }
  const walk = (by: number) => {
    const next = Math.max(0, Math.min(model.length - 1, here + by))
    setHere(next)
    virtual.scrollToIndex(next)
  }
  const opens = to !== undefined || onOpen !== undefined
  useKeys({
    j: ['Next row', opens ? () => walk(1) : undefined],
    k: ['Row before', opens ? () => walk(-1) : undefined],
    Enter: ['Open the row', opens && here >= 0 ? () => open(model[here]?.original) : undefined],
  })
  const margin = virtual.options.scrollMargin
  const above = first ? first.start - margin : 0
  const below = last ? virtual.getTotalSize() + margin - last.end : 0
  const spans = columns.length
  return (
    <>
      <table className={`${styles.table} ${styles.sticky} ${styles.cards}`} aria-rowcount={more ? -1 : rows.length + 1}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                data-align={column.align}
                aria-sort={
                  column.sort && sort === column.sort ? 'ascending' : column.sort && sort === `-${column.sort}` ? 'descending' : undefined
                }
              >
                {column.sort && onSort ? (
                  <SortHead column={{ head: column.head, sort: column.sort }} sort={sort} onSort={onSort} />
                ) : (
                  column.head
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {above > 0 && (
            <tr aria-hidden="true">
              <td colSpan={spans} style={{ height: above, padding: 0 }} />
            </tr>
          )}
          {items.map((item) => {
            const row = model[item.index]
            if (!row) return null
            return (
              <tr
                key={row.id}
                data-index={item.index}
                ref={virtual.measureElement}
                data-tone={tone?.(row.original)}
                data-here={item.index === here || undefined}
                data-link={opens || undefined}
                onClick={(event) => {
                  if (
                    event.target instanceof Element &&
                    event.target.closest('a, button') === null &&
                    document.getSelection()?.type !== 'Range'
                  )
                    open(row.original)
                }}
              >
                {row.getAllCells().map((cell, at) => {
                  const column = columns[at]
                  return (
                    <td
                      key={cell.id}
                      data-align={column?.align}
                      data-strong={column?.strong || undefined}
                      data-quiet={column?.quiet || undefined}
                      data-wide={column?.wide || undefined}
                    >
                      <table.FlexRender cell={cell} />
                    </td>
                  )
                })}
              </tr>
            )
          })}
          {below > 0 && (
            <tr aria-hidden="true">
              <td colSpan={spans} style={{ height: below, padding: 0 }} />
            </tr>
          )}
        </tbody>
      </table>
      {foot && <p className={styles.foot}>{foot}</p>}
    </>
  )
}

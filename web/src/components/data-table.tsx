import { createColumnHelper, useTable, type RowData } from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState, type ReactNode, type RefObject } from 'react'
import { DataHead } from '#components/data-head.tsx'
import { DataRow, features, openerOf, Room } from '#components/data-row.tsx'
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
  /** Records that are read by the dozen: rows as low as in compact density. */
  readonly dense?: boolean
}

const OVERSCAN = 12
const MORE_WITHIN = 20
const ROW = { comfortable: 40, compact: 32 }
const scroller = () => document.querySelector<HTMLElement>('[data-scroll]')

const useModel = <Row extends RowData>({ columns, rows, keyOf }: Props<Row>) => {
  const defs = useMemo(() => {
    const helper = createColumnHelper<typeof features, Row>()
    return helper.columns(columns.map((column) => helper.display({ id: column.id })))
  }, [columns])
  const data = useMemo(() => [...rows], [rows])
  return useTable({ features, columns: defs, data, getRowId: keyOf }).getRowModel().rows
}

/**
 * `j` and `k` walk the rows and take the focus along, so that what is in hand is also read aloud and Enter opens it. Whoever comes to a row by
 * Tab or by a click walks on from there.
 */
const useWalk = (body: RefObject<HTMLElement | null>, count: number, show: ((at: number) => void) | undefined) => {
  const [here, setHere] = useState(-1)
  const wanted = useRef<number>(undefined)
  // A row far away is drawn only once the list has scrolled to it.
  useEffect(() => {
    if (wanted.current === undefined) return
    const row = body.current?.querySelector(`[data-index="${wanted.current}"]`)
    if (!row) return
    wanted.current = undefined
    openerOf(row)?.focus({ preventScroll: true })
  })
  const walk = (by: number) => () => {
    // Where the focus is counts: rows that came in above have moved it along.
    const focused = body.current?.querySelector<HTMLElement>('[data-index]:focus-within')?.dataset['index']
    const next = Math.max(0, Math.min(count - 1, (focused === undefined ? here : Number(focused)) + by))
    wanted.current = next
    setHere(next)
    show?.(next)
  }
  const open = () => openerOf(body.current?.querySelector(`[data-index="${here}"]`))?.click()
  useKeys({
    j: ['Next row', show && walk(1)],
    k: ['Row before', show && walk(-1)],
    Enter: ['Open the row', show && here >= 0 ? open : undefined],
  })
  return [here, setHere] as const
}

/** A list without end: only the rows in view are drawn, and more is fetched as its end comes near. */
export const DataTable = <Row extends RowData>(props: Props<Row>) => {
  const { caption, columns, rows, to, onOpen, tone, sort, onSort, more = false, onMore, foot, dense = false } = props
  const navigate = useNavigate()
  const density = useDensity()
  const height = ROW[dense ? 'compact' : density]
  const body = useRef<HTMLTableSectionElement>(null)
  const model = useModel(props)
  const virtual = useVirtualizer({
    count: model.length,
    getScrollElement: scroller,
    estimateSize: () => height,
    overscan: OVERSCAN,
    scrollMargin: body.current?.offsetTop ?? 0,
    getItemKey: (at) => model[at]?.id ?? at,
  })
  const open = to ? (row: Row) => void navigate({ to: to(row) }) : onOpen
  const [here, setHere] = useWalk(body, model.length, open && ((at) => virtual.scrollToIndex(at)))
  const items = virtual.getVirtualItems()
  const last = items.at(-1)
  const margin = virtual.options.scrollMargin
  useEffect(() => {
    if (more && last && last.index > model.length - MORE_WITHIN) onMore?.()
  }, [last, more, model.length, onMore])
  return (
    <>
      <table
        className={`${styles.table} ${styles.sticky} ${styles.cards}`}
        data-dense={dense || undefined}
        aria-rowcount={more ? -1 : rows.length + 1}
      >
        <caption className="visually-hidden">{caption}</caption>
        <DataHead columns={columns} sort={sort} onSort={onSort} />
        <tbody ref={body}>
          <Room height={items[0] ? items[0].start - margin : 0} columns={columns.length} />
          {items.map(({ index }) => {
            const row = model[index]
            if (!row) return null
            const at = { row, columns, index, here: index === here, tone: tone?.(row.original), onOpen: open }
            return <DataRow key={row.id} {...at} measure={virtual.measureElement} onHere={() => setHere(index)} />
          })}
          <Room height={last ? virtual.getTotalSize() + margin - last.end : 0} columns={columns.length} />
        </tbody>
      </table>
      {foot && <p className={styles.foot}>{foot}</p>}
    </>
  )
}

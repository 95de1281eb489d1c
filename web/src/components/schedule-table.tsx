import { Money } from '#components/money.tsx'
import { PlainTable, type Column } from '#components/plain-table.tsx'
import { StateBadge } from '#components/state-badge.tsx'
import { instalmentText } from '#services/arrears.ts'
import type { ScheduleRow } from '#services/loans.ts'
import { dateText } from '#services/when.ts'
import styles from '#components/schedule-table.module.css'

const State = ({ row }: { readonly row: ScheduleRow }) => {
  const { word, how } = instalmentText(row)
  return (
    <span title={how}>
      <StateBadge state={row.state} word={word} />
    </span>
  )
}

/** The day an instalment is due; on a phone with its number, which has no column there. */
export const InstalmentDay = ({ row }: { readonly row: { readonly number: number; readonly dueOn: string } }) => (
  <span className={styles.day}>
    <span className="on-phone">{row.number} · </span>
    {dateText(row.dueOn)}
  </span>
)

const columns: readonly Column<ScheduleRow>[] = [
  { id: 'number', head: 'No.', align: 'right', wide: true, cell: (row) => row.number },
  { id: 'due', head: 'Due', nowrap: true, place: 'start', cell: (row) => <InstalmentDay row={row} /> },
  { id: 'opening', head: 'Opening ₹', align: 'right', wide: 'most', cell: (row) => <Money minor={row.opening} /> },
  { id: 'principal', head: 'Principal ₹', align: 'right', cell: (row) => <Money minor={row.principal} /> },
  { id: 'interest', head: 'Interest ₹', align: 'right', cell: (row) => <Money minor={row.interest} /> },
  // Principal and interest add up to the instalment; what came on top for being late stands behind it.
  { id: 'total', head: 'Instalment ₹', align: 'right', strong: true, place: 'end', cell: (row) => <Money minor={row.total} /> },
  {
    id: 'charge',
    head: 'Late charge ₹',
    align: 'right',
    cell: (row) =>
      row.lateCharge > 0 && row.state !== 'paid' ? (
        <span className={styles.bad}>
          <Money minor={row.lateCharge} />
        </span>
      ) : (
        <Money minor={row.lateCharge} />
      ),
  },
  {
    id: 'state',
    head: 'State',
    place: 'line',
    cell: (row) => <State row={row} />,
  },
]

const ownColumns = columns.filter(({ id }) => id !== 'opening')

/** Every instalment with what is paid, late and to come. */
export const ScheduleTable = ({ rows, own }: { readonly rows: readonly ScheduleRow[]; readonly own: boolean }) => (
  <PlainTable
    caption="Schedule"
    columns={own ? ownColumns : columns}
    rows={rows}
    keyOf={(row) => row.number}
    dense
    stack
    tone={(row) => (row.state === 'late' ? 'bad' : undefined)}
  />
)

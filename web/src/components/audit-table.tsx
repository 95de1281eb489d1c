import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { AuditDetail } from '#components/audit-detail.tsx'
import { DataTable } from '#components/data-table.tsx'
import { Empty } from '#components/empty.tsx'
import { KeyLink } from '#components/key-link.tsx'
import { MonoName } from '#components/mono-name.tsx'
import { PersonName } from '#components/person-name.tsx'
import type { Column } from '#components/plain-table.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { StateBadge } from '#components/state-badge.tsx'
import { useRows } from '#components/use-rows.ts'
import { Waiting } from '#components/waiting.tsx'
import { counted } from '#services/counted.ts'
import { auditQuery, type AuditRow } from '#services/events.ts'
import { whenText } from '#services/when.ts'

const columns: readonly Column<AuditRow>[] = [
  {
    id: 'when',
    head: 'When, IST',
    quiet: true,
    nowrap: true,
    cell: (row) => whenText(row.at),
    opens: (row) => `${whenText(row.at)}, ${row.operation}, ${row.outcome}`,
  },
  { id: 'operation', head: 'Operation', place: 'end', cell: (row) => <MonoName>{row.operation}</MonoName> },
  {
    id: 'who',
    head: 'Who',
    strong: true,
    cell: (row) => <PersonName id={row.person} />,
  },
  { id: 'outcome', head: 'Outcome', place: 'end', cell: (row) => <StateBadge state={row.outcome} /> },
  { id: 'fault', head: 'Fault', wide: true, cell: (row) => (row.fault ? <MonoName>{row.fault}</MonoName> : '') },
  { id: 'object', head: 'On', wide: true, cell: (row) => (row.object ? <KeyLink id={row.object} /> : '') },
  { id: 'from', head: 'From', quiet: true, wide: 'most', nowrap: true, cell: (row) => row.address ?? '' },
  {
    id: 'took',
    head: 'Took ms',
    align: 'right',
    quiet: true,
    wide: 'most',
    cell: (row) => row.durationMs.toLocaleString('en-IN', { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
  },
]

/** Of one thing alone, which need not be named in every row. */
const columnsOfOne = columns.filter(({ id }) => id !== 'object')

/** Who did what, from where, with which outcome; a row opens to its arguments. */
export const AuditTable = ({
  filter,
}: {
  readonly filter: { readonly operation?: string; readonly person?: string; readonly outcome?: string; readonly object?: string }
}) => {
  const { rows, error, hasMore, more } = useRows(useInfiniteQuery(auditQuery(filter)))
  const [opened, setOpened] = useState<AuditRow>()
  if (error) return <ProblemNote error={error} />
  if (!rows) return <Waiting what="audit records" />
  if (rows.length === 0)
    return (
      <Empty title="No record matches">Every operation leaves one record: done, refused or failed. None of them fits these filters.</Empty>
    )
  return (
    <>
      <DataTable
        caption="Audit records"
        dense
        columns={filter.object ? columnsOfOne : columns}
        rows={rows}
        keyOf={(row) => row.id}
        onOpen={setOpened}
        more={hasMore}
        onMore={more}
        foot={`${hasMore ? `${rows.length} so far` : counted(rows.length, 'record')}, newest first`}
      />
      <AuditDetail row={opened} onClose={() => setOpened(undefined)} />
    </>
  )
}

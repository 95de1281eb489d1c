import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { Unknown } from '#components/money.tsx'
import { DataTable } from '#components/data-table.tsx'
import { Empty } from '#components/empty.tsx'
import { FilterChips, type FilterField } from '#components/filter-chips.tsx'
import { MonoName } from '#components/mono-name.tsx'
import { PageFrame } from '#components/page.tsx'
import { PageWait } from '#components/page-wait.tsx'
import type { Column } from '#components/plain-table.tsx'
import { StateBadge } from '#components/state-badge.tsx'
import { useRows } from '#components/use-rows.ts'
import { runsQuery, type JobRun } from '#services/jobs.ts'
import { useLive } from '#services/live.ts'
import { useUrl } from '#services/url.ts'
import { instantText, whenText } from '#services/when.ts'

const took = (run: JobRun) => Date.parse(run.endedAt) - Date.parse(run.startedAt)
const tookText = (run: JobRun) =>
  took(run) > 0 ? took(run).toLocaleString('en-IN') : <Unknown why="Under a millisecond, or the sandbox’s clock stood still meanwhile" />
const columns: readonly Column<JobRun>[] = [
  {
    id: 'started',
    head: 'Started, IST',
    quiet: true,
    nowrap: true,
    cell: (run) => whenText(run.startedAt),
  },
  { id: 'name', head: 'Job or schedule', place: 'end', cell: (run) => <MonoName>{run.name}</MonoName> },
  { id: 'state', head: 'Outcome', cell: (run) => <StateBadge state={run.state} /> },
  {
    id: 'nominal',
    head: 'Stands for',
    quiet: true,
    wide: true,
    nowrap: true,
    cell: (run) => (run.nominal ? instantText(run.nominal) : <Unknown why="A job, run when it was asked for" />),
  },
  { id: 'error', head: 'Why it failed', place: 'line', cell: (run) => run.error ?? '' },
  { id: 'took', head: 'Took ms', align: 'right', quiet: true, wide: true, cell: tookText },
]

const useFields = (runs: readonly JobRun[] | undefined, here: string | undefined): readonly FilterField[] =>
  useMemo(() => {
    const names = [...new Set([...(runs ?? []).map(({ name }) => name), ...(here ? [here] : [])])].toSorted()
    return names.length > 0 ? [{ name: 'name', word: 'Job', options: names.map((name) => [name, name] as const) }] : []
  }, [runs, here])

/** What ran because time passed or because somebody asked for it later. */
export const JobsPage = () => {
  const [{ name }] = useUrl()
  useLive()
  const { rows, error, hasMore, more } = useRows(useInfiniteQuery(runsQuery(name ? { name } : {})))
  const fields = useFields(rows, name)
  if (!rows) return <PageWait title="Jobs" error={error} />
  return (
    <PageFrame title="Jobs" note="runs of jobs and schedules, newest first">
      <FilterChips fields={fields} />
      {rows.length === 0 ? (
        <Empty title="Nothing has run yet">Credit checks run here when someone applies, and every night what falls due.</Empty>
      ) : (
        <DataTable caption="Runs" dense columns={columns} rows={rows} keyOf={(run) => run.id} more={hasMore} onMore={more} />
      )}
    </PageFrame>
  )
}

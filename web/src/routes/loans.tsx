import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { BucketSign } from '#components/bucket.tsx'
import { DataTable } from '#components/data-table.tsx'
import { Empty } from '#components/empty.tsx'
import { FilterChips, type FilterField } from '#components/filter-chips.tsx'
import { Keycap } from '#components/keycap.tsx'
import { applicationColumns, loanColumns } from '#components/loan-columns.tsx'
import { PageFrame } from '#components/page.tsx'
import type { Column } from '#components/plain-table.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { StateSign } from '#components/state-badge.tsx'
import { Tabs } from '#components/tabs.tsx'
import { useRows } from '#components/use-rows.ts'
import { Waiting } from '#components/waiting.tsx'
import { glows, useLive } from '#services/live.ts'
import { loansQuery, type Loan, type LoanFilter } from '#services/loans.ts'
import { productsQuery } from '#services/products.ts'
import { useMay } from '#services/session.ts'
import { useUrl, type UrlState } from '#services/url.ts'

/** How the server sorts a list of loans when nobody says. */
const NEWEST = '-appliedAt'

type View = { readonly id: string; readonly word: string; readonly filter: LoanFilter }

const APPLICATIONS: readonly View[] = [
  { id: 'open', word: 'Open', filter: { state: 'applied,assessing,offered,referred,accepted' } },
  // As the bell counts them: whom an officer has to judge, and whose disbursal failed.
  { id: 'waiting', word: 'Waiting for a person', filter: { state: 'referred,accepted' } },
  { id: 'offered', word: 'Offered', filter: { state: 'offered' } },
  { id: 'accepted', word: 'Being disbursed', filter: { state: 'accepted' } },
  { id: 'rejected', word: 'Rejected', filter: { state: 'rejected,expired,cancelled' } },
]
const LOANS: readonly View[] = [
  { id: 'all', word: 'All loans', filter: {} },
  { id: 'active', word: 'Active', filter: { state: 'active' } },
  // From the second day past due: on the first, the due date, it can still be paid in time.
  { id: 'overdue', word: 'Overdue', filter: { dpd: '2', sort: '-dpd' } },
  { id: 'ended', word: 'Ended', filter: { state: 'closed,foreclosed' } },
]

const STATES = ['applied', 'assessing', 'referred', 'offered', 'accepted', 'active', 'closed', 'foreclosed', 'rejected', 'expired'].map(
  (state) => [state, state] as const,
)
const BUCKETS = [
  ['current', 'Current'],
  ['SMA-0', 'SMA-0, 1–30 days'],
  ['SMA-1', 'SMA-1, 31–60 days'],
  ['SMA-2', 'SMA-2, 61–90 days'],
  ['NPA', 'NPA, over 90 days'],
] as const

const useFields = (): readonly FilterField[] => {
  const { data } = useQuery(productsQuery)
  return useMemo(
    () => [
      { name: 'state', word: 'State', options: STATES, sign: (state) => <StateSign state={state} /> },
      { name: 'bucket', word: 'Bucket', options: BUCKETS, sign: (bucket) => <BucketSign bucket={bucket} /> },
      ...(data && data.length > 0
        ? [{ name: 'product', word: 'Product', options: data.map((product) => [product.id, product.name] as const) }]
        : []),
    ],
    [data],
  )
}

const filterOf = (view: View | undefined, url: UrlState): LoanFilter => {
  const { q, state, bucket, product, person, sort } = url
  // Its states are what a view is: a filter cannot put others under its name.
  const states = view?.filter.state ?? state
  const asked = Object.entries({ q, state: states, bucket, product, person, sort }).filter(([, value]) => value)
  return { ...view?.filter, ...Object.fromEntries(asked) }
}

type ListProps = {
  readonly title: string
  readonly filter: LoanFilter
  readonly columns: readonly Column<Loan>[]
  readonly onCount: (count: string) => void
}

const Nothing = ({ filtered }: { readonly filtered: boolean }) => {
  const may = useMay()
  return filtered ? (
    <Empty
      title="No loan matches"
      way={
        <Link to="." search={{}}>
          Take the filters away
        </Link>
      }
    >
      The search and the filters above leave nothing. Each can be changed or removed.
    </Empty>
  ) : (
    <Empty title="Nothing here now" way={may('lending.apply') && <Link to="/apply">Take an application</Link>}>
      Loans of this view stand here, newest first.
    </Empty>
  )
}

const Rows = ({ title, filter, columns, onCount }: ListProps) => {
  const [url, set] = useUrl()
  useLive()
  const query = useInfiniteQuery(loansQuery(filter))
  const { rows, error, hasMore, more } = useRows(query)
  const counted = query.data?.pages[0]?.count
  const count = rows ? `${counted ?? rows.length}${counted === undefined && hasMore ? '+' : ''}` : ''
  useEffect(() => onCount(count), [onCount, count])
  if (error) return <ProblemNote error={error} />
  if (!rows) return <Waiting what="loans" />
  if (rows.length === 0) return <Nothing filtered={['q', 'state', 'bucket', 'product', 'person'].some((name) => url[name] !== undefined)} />
  return (
    <DataTable
      caption={title}
      columns={columns}
      rows={rows}
      keyOf={(loan) => loan.id}
      to={(loan) => `/loans/${loan.id}`}
      tone={(loan) => (glows(loan.id) ? 'glow' : undefined)}
      sort={filter.sort ?? NEWEST}
      onSort={(sort) => set({ sort })}
      more={hasMore}
      onMore={more}
      foot={`${rows.length}${hasMore ? ' so far' : ''} · updated as it happens`}
    />
  )
}

type PageProps = { readonly title: string; readonly views: readonly View[]; readonly columns: readonly Column<Loan>[] }

const LoanList = ({ title, views, columns }: PageProps) => {
  const [url] = useUrl()
  const navigate = useNavigate()
  const may = useMay()
  const [count, setCount] = useState('')
  const view = views.find(({ id }) => id === url['view']) ?? views[0]
  const fields = useFields().filter(({ name }) => name !== 'state' || view?.filter.state === undefined)
  return (
    <PageFrame
      title={title}
      note={count}
      actions={
        may('lending.apply') && (
          <Button
            variant="filled"
            leftSection={<IconPlus size={16} stroke={1.75} />}
            rightSection={<Keycap onAccent>N</Keycap>}
            onClick={() => void navigate({ to: '/apply' })}
          >
            New application
          </Button>
        )
      }
    >
      <Tabs label="Views" name="view" tabs={views} here={view?.id ?? ''} keep={['q', 'product']} />
      <FilterChips fields={fields} search="Search name, phone or loan" />
      <Rows title={title} filter={filterOf(view, url)} columns={columns} onCount={setCount} />
    </PageFrame>
  )
}

export const LoansPage = () => <LoanList title="Loans" views={LOANS} columns={loanColumns} />
export const ApplicationsPage = () => <LoanList title="Applications" views={APPLICATIONS} columns={applicationColumns} />

import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Unknown } from '#components/money.tsx'
import { DataTable } from '#components/data-table.tsx'
import { Empty } from '#components/empty.tsx'
import { FilterChips, type FilterField } from '#components/filter-chips.tsx'
import { PageFrame } from '#components/page.tsx'
import type { Column } from '#components/plain-table.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { StateBadge } from '#components/state-badge.tsx'
import { useRows } from '#components/use-rows.ts'
import { Waiting } from '#components/waiting.tsx'
import { glows } from '#services/live.ts'
import { phoneText } from '#services/names.ts'
import { peopleQuery } from '#services/people.ts'
import { roleWord, useMay, type Person } from '#services/session.ts'
import { useUrl } from '#services/url.ts'
import { dateText, dayOf } from '#services/when.ts'

const columns: readonly Column<Person>[] = [
  { id: 'name', head: 'Name', strong: true, place: 'start', cell: (person) => <Link to={`/people/${person.id}`}>{person.name}</Link> },
  {
    id: 'phone',
    head: 'Phone',
    nowrap: true,
    cell: (person) => (person.phone ? phoneText(person.phone) : <Unknown why="No phone is known" />),
  },
  { id: 'email', head: 'E-mail', quiet: true, wide: true, cell: (person) => person.email ?? <Unknown why="No e-mail is known" /> },
  {
    id: 'pan',
    head: 'PAN',
    wide: 'most',
    cell: (person) => (person.pan ? <code>{person.pan}</code> : <Unknown why="No PAN is known" />),
  },
  {
    id: 'roles',
    head: 'Roles',
    quiet: true,
    wide: true,
    cell: (person) => person.roles.map(roleWord).join(', ') || <Unknown why="Has no login" />,
  },
  { id: 'state', head: 'State', place: 'end', cell: (person) => <StateBadge state={person.state} /> },
  { id: 'since', head: 'Known since', align: 'right', quiet: true, wide: true, cell: (person) => dateText(dayOf(person.createdAt)) },
]
const FIELDS: readonly FilterField[] = [
  {
    name: 'role',
    word: 'Role',
    options: ['borrower', 'credit_officer', 'cashier', 'auditor', 'admin'].map((role) => [role, roleWord(role)] as const),
  },
]

/** Everyone the company knows, with or without a login. */
export const PeoplePage = () => {
  const [{ q, role }] = useUrl()
  const navigate = useNavigate()
  const may = useMay()
  const { rows, error, hasMore, more } = useRows(useInfiniteQuery(peopleQuery({ ...(q ? { q } : {}), ...(role ? { role } : {}) })))
  return (
    <PageFrame
      title="People"
      note={rows && `${rows.length}${hasMore ? '+' : ''}`}
      actions={
        may('identity.register') && (
          <Button variant="filled" leftSection={<IconPlus size={16} stroke={1.75} />} onClick={() => void navigate({ to: '/people/new' })}>
            New person
          </Button>
        )
      }
    >
      <FilterChips fields={FIELDS} search="Search name, phone or e-mail" />
      {error && <ProblemNote error={error} />}
      {!rows && !error && <Waiting what="people" />}
      {rows && rows.length > 0 && (
        <DataTable
          caption="People"
          columns={columns}
          rows={rows}
          keyOf={(person) => person.id}
          to={(person) => `/people/${person.id}`}
          tone={(person) => (glows(person.id) ? 'glow' : undefined)}
          more={hasMore}
          onMore={more}
        />
      )}
      {rows?.length === 0 && (
        <Empty
          title="Nobody matches"
          way={
            <Link to="." search={{}}>
              Take the filters away
            </Link>
          }
        >
          People are found by the beginning of a name, a phone number or an e-mail address.
        </Empty>
      )}
    </PageFrame>
  )
}

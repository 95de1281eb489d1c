import { AuditTable } from '#components/audit-table.tsx'
import { FilterChips, type FilterField } from '#components/filter-chips.tsx'
import { PageFrame } from '#components/page.tsx'
import { operationsQuery } from '#services/schema.ts'
import { useUrl } from '#services/url.ts'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'

const OUTCOMES: FilterField = {
  name: 'outcome',
  word: 'Outcome',
  options: [
    ['done', 'done'],
    ['refused', 'refused'],
    ['failed', 'failed'],
  ],
}

/** Who did what, from where, and what became of it, refusals too. */
export const AuditPage = () => {
  const [{ operation, person, outcome, object }] = useUrl()
  const { data } = useQuery(operationsQuery)
  const fields = useMemo(() => {
    const names = [...(data?.values() ?? [])].filter(({ method }) => method !== 'GET').map(({ name }) => [name, name] as const)
    return [OUTCOMES, ...(names.length > 0 ? [{ name: 'operation', word: 'Operation', options: names }] : [])]
  }, [data])
  const filter = {
    ...(operation ? { operation } : {}),
    ...(person ? { person } : {}),
    ...(outcome ? { outcome } : {}),
    ...(object ? { object } : {}),
  }
  return (
    <PageFrame title="Audit" note="every operation, also those that were refused">
      <FilterChips fields={fields} />
      <AuditTable filter={filter} />
    </PageFrame>
  )
}

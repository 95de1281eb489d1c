import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { MonoName } from '#components/mono-name.tsx'
import { ShortId } from '#components/short-id.tsx'
import { shortId } from '#services/names.ts'
import { personQuery } from '#services/people.ts'
import { useMay } from '#services/session.ts'

const NAMED_MS = 10 * 60_000
const SYSTEM = 'system:'

/** Whoever did something: a person by name where the caller may know it, else by what is given (`scorecard`, `system:…`). `plain`: without a link. */
export const PersonName = ({ id, plain = false }: { readonly id: string | null; readonly plain?: boolean }) => {
  const may = useMay()
  const isPerson = id?.startsWith('person_') ?? false
  const { data } = useQuery({ ...personQuery(id ?? ''), enabled: isPerson && may('identity.person'), staleTime: NAMED_MS, retry: false })
  if (!id) return '–'
  if (id === 'public') return 'Not signed in'
  if (!isPerson)
    return id.startsWith(SYSTEM) ? (
      <>
        Holdfast, <MonoName>{id.slice(SYSTEM.length)}</MonoName>
      </>
    ) : (
      id
    )
  if (plain) return data?.name ?? shortId(id)
  return data ? <Link to={`/people/${id}`}>{data.name}</Link> : <ShortId id={id} />
}

import { Link } from '@tanstack/react-router'
import { ShortId } from '#components/short-id.tsx'
import { useMay } from '#services/session.ts'

const placeOf = (id: string, may: (name: string) => boolean): string | undefined => {
  if (id.startsWith('loan_')) return `/loans/${id}`
  return id.startsWith('person_') && may('identity.person') ? `/people/${id}` : undefined
}

/** What an event or a record is about, by its id; a loan leads to its page, and so does a person. */
export const KeyLink = ({ id }: { readonly id: string }) => {
  const place = placeOf(id, useMay())
  return place ? (
    <Link to={place}>
      <ShortId id={id} />
    </Link>
  ) : (
    <ShortId id={id} />
  )
}

import { Link } from '@tanstack/react-router'
import { ShortId } from '#components/short-id.tsx'

/** What an event is about, by its id; a loan leads to its page. */
export const KeyLink = ({ id }: { readonly id: string }) =>
  id.startsWith('loan_') ? (
    <Link to={`/loans/${id}`}>
      <ShortId id={id} />
    </Link>
  ) : (
    <ShortId id={id} />
  )

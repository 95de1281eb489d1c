import { Link } from '@tanstack/react-router'
import { AccountName } from '#components/account-name.tsx'
import { useMay } from '#services/session.ts'

/** An account in words that leads to its entries, for whoever reads the ledger. */
export const AccountLink = ({ id }: { readonly id: string }) => {
  const may = useMay()
  return may('ledger.accounts') ? (
    <Link to={`/ledger/${encodeURIComponent(id)}`}>
      <AccountName id={id} />
    </Link>
  ) : (
    <AccountName id={id} />
  )
}

import { shortId } from '#services/names.ts'
import type { Loan } from '#services/loans.ts'
import { useIsStaff } from '#services/session.ts'

type Crumb = { readonly word: string; readonly to?: string }
type LoanWay = { readonly crumbs: readonly Crumb[]; readonly back: string; readonly name: string }

/** Where a loan's page is, and how one comes to it: at the desk through the list, for whoever borrowed by their own page. */
export const useLoanWay = ({ id, personName }: Loan): LoanWay => {
  const staff = useIsStaff()
  const back = `/${staff ? 'loans' : 'my-loan'}/${id}`
  if (!staff) return { crumbs: [{ word: 'My loan', to: back }], back, name: 'my loan' }
  return { crumbs: [{ word: 'Loans', to: '/loans' }, { word: personName, to: back }, { word: shortId(id) }], back, name: personName }
}

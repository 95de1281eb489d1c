import { useQuery } from '@tanstack/react-query'
import { accountWord, shortId, walletOwner } from '#services/names.ts'
import { personQuery } from '#services/people.ts'
import { sessionQuery, useMay } from '#services/session.ts'

const NAMED_MS = 10 * 60_000

/** An account in words; a wallet by the name of whose it is, where the caller may know it. */
export const useAccountName = (id: string): string => {
  const may = useMay()
  const owner = walletOwner(id)
  const { data } = useQuery({
    ...personQuery(owner ?? ''),
    enabled: owner !== undefined && may('identity.person'),
    staleTime: NAMED_MS,
    retry: false,
  })
  const own = useQuery(sessionQuery).data?.person
  if (owner !== undefined && owner === own?.id) return `Wallet of ${own.name}`
  return owner === undefined ? accountWord(id) : `Wallet of ${data?.name ?? shortId(owner)}`
}

export const AccountName = ({ id }: { readonly id: string }) => <span title={id}>{useAccountName(id)}</span>

import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { reportCheck } from '#services/seal-fault.ts'
import { checkTransfer, type Check } from '#services/verify.ts'

const checkQuery = (transfer: string) =>
  queryOptions({
    queryKey: ['check', transfer],
    queryFn: ({ signal }) => checkTransfer(transfer, signal),
    staleTime: 0,
    refetchOnWindowFocus: false,
    retry: false,
  })

/** Fetches entry, proof, checkpoint and public key and computes every step here; a fault found is told to the seal at the rail's foot. */
export const useCheck = (
  transfer: string,
): { readonly check: Check | undefined; readonly error: Error | null; readonly again: () => void; readonly busy: boolean } => {
  const { data, error, refetch, isFetching } = useQuery(checkQuery(transfer))
  useEffect(() => {
    if (data) reportCheck(transfer, data.sound ? undefined : data.verdict)
  }, [data, transfer])
  return { check: data, error, again: () => void refetch(), busy: isFetching }
}

/** What was found of an entry earlier in this visit. */
export const useVerdict = (): ((transfer: string) => 'verified' | 'altered' | undefined) => {
  const queries = useQueryClient()
  return (transfer) => {
    const check = queries.getQueryData<Check>(['check', transfer])
    if (!check) return undefined
    return check.sound ? 'verified' : 'altered'
  }
}

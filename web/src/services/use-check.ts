import { queryOptions, useQuery } from '@tanstack/react-query'
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

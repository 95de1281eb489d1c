import { queryOptions, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { isRefusal } from '#services/http.ts'
import { reportCheck } from '#services/seal-fault.ts'
import { checkTransfer, NoProof, type Check } from '#services/verify.ts'

const SEAL_TRIES = 8
const SEAL_AFTER_MS = 700

const checkQuery = (transfer: string) =>
  queryOptions({
    queryKey: ['check', transfer],
    queryFn: ({ signal }) => checkTransfer(transfer, signal),
    staleTime: 0,
    refetchOnWindowFocus: false,
    // a second after it was written an entry is sealed
    retry: (tries, error) => tries < SEAL_TRIES && isRefusal(error, 409),
    retryDelay: SEAL_AFTER_MS,
  })

/** Fetches entry, proof, checkpoint and public key and computes every step here; a fault found is told to the seal at the rail's foot. */
export const useCheck = (
  transfer: string,
): { readonly check: Check | undefined; readonly error: Error | null; readonly again: () => void; readonly busy: boolean } => {
  const { data, error, refetch, isFetching } = useQuery(checkQuery(transfer))
  useEffect(() => {
    if (data) reportCheck(transfer, data.sound ? undefined : data.verdict)
  }, [data, transfer])
  useEffect(() => {
    if (error instanceof NoProof) reportCheck(transfer, 'The server handed out no proof')
  }, [error, transfer])
  return { check: data, error, again: () => void refetch(), busy: isFetching }
}

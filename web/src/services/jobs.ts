import { infiniteQueryOptions } from '@tanstack/react-query'
import { api, byPages, type Page } from '#services/http.ts'

export type JobRun = {
  readonly id: string
  readonly state: string
  readonly name: string
  readonly job: string | null
  /** The time a schedule's run stands for. */
  readonly nominal: string | null
  readonly startedAt: string
  readonly endedAt: string
  readonly error: string | null
}

export const runsQuery = (filter: { readonly name?: string }) =>
  infiniteQueryOptions({
    queryKey: ['runs', filter],
    queryFn: ({ pageParam, signal }) =>
      api<Page<JobRun>>('/api/v1/jobs/runs', { query: { ...filter, limit: 50, after: pageParam }, signal }),
    ...byPages,
  })

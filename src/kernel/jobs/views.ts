import { joined, sql, type Sql } from '#kernel/db'
import { paged, pageFields, pageOf, readCursor, type Route, route } from '#kernel/http'
import { view } from '#kernel/operations'
import { z } from 'zod'

const Run = z.strictObject({
  id: z.string(),
  state: z.string(),
  name: z.string(),
  job: z.string().nullable(),
  nominal: z.string().nullable(),
  startedAt: z.string(),
  endedAt: z.string(),
  error: z.string().nullable(),
  tries: z.int(),
})

interface RunRow {
  readonly id: string
  readonly name: string
  readonly job: string | null
  readonly nominal: string | null
  readonly started_at: string
  readonly ended_at: string
  readonly outcome: string
  readonly error: string | null
  readonly tries: number
}

/** What was run, by jobs and schedules, newest first. All failures of one nominal time are one row, with their number (`tries`) and the last error. */
export const runs = view(
  'jobs.runs',
  {
    summary: 'Runs of jobs and schedules, newest first',
    input: z.strictObject({ ...pageFields, name: z.string().max(100).optional() }),
    answer: pageOf(Run),
    may: ['admin', 'auditor'],
    faults: ['http.cursor_invalid'],
  },
  async ({ read }, { limit, after, name }) => {
    const conditions: Sql[] = [sql`true`]
    const cursor = readCursor(after, 1)
    if (cursor) conditions.push(sql`id < ${cursor[0] ?? ''}`)
    if (name !== undefined) conditions.push(sql`name = ${name}`)
    const found = await read<RunRow>(sql`
      select id, name, job, nominal, started_at, ended_at, outcome, error, tries from jobs.run
      where ${joined(conditions, ' and ')} order by id desc limit ${limit + 1}`)
    return paged(
      found,
      limit,
      ({ started_at, ended_at, outcome, ...rest }) => ({ ...rest, state: outcome, startedAt: started_at, endedAt: ended_at }),
      (row) => [row.id],
    )
  },
)

export const jobRoutes: readonly Route[] = [route('GET /api/v1/jobs/runs', runs)]

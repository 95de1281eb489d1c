import { type AuditEntry, auditPage } from '#kernel/audit'
import { paged, pageFields, pageOf, readCursor, type Route, route } from '#kernel/http'
import { view } from '#kernel/operations'
import { z } from 'zod'

const Record = z.strictObject({
  id: z.string(),
  at: z.string(),
  operation: z.string(),
  person: z.string(),
  behalf: z.string().nullable(),
  address: z.string().nullable(),
  object: z.string().nullable(),
  state: z.enum(['done', 'refused', 'failed']),
  outcome: z.enum(['done', 'refused', 'failed']),
  fault: z.string().nullable(),
  durationMs: z.number(),
  requestId: z.string(),
  arguments: z.unknown(),
})

/** Who did what, with what and how it ended, newest first; refusals too. */
export const audit = view(
  'audit.records',
  {
    summary: 'Audit records, newest first',
    input: z.strictObject({
      ...pageFields,
      object: z.string().max(200).optional(),
      person: z.string().max(100).optional(),
      operation: z.string().max(100).optional(),
      outcome: z.enum(['done', 'refused', 'failed']).optional(),
    }),
    answer: pageOf(Record),
    may: ['admin', 'auditor', 'credit_officer'],
    faults: ['http.cursor_invalid'],
  },
  async ({ read }, { limit, after, ...filter }) => {
    const before = readCursor(after, 1)?.[0]
    const found = await read<{ id: string; body: string }>(auditPage({ ...filter, before, limit: limit + 1 }))
    return paged(found, limit, recordOf, (row) => [row.id])
  },
)

function recordOf({ body }: { readonly body: string }): z.infer<typeof Record> {
  const { durationUs, arguments: given, ...rest } = JSON.parse(body) as AuditEntry & { argumentsCut?: string }
  const { argumentsCut, ...entry } = rest
  return { ...entry, state: entry.outcome, durationMs: durationUs / 1000, arguments: argumentsCut ?? given ?? null }
}

export const historyRoutes: readonly Route[] = [route('GET /api/v1/audit', audit)]

import { sql } from '#kernel/db'
import { z } from 'zod'
import { operation } from './operation.ts'

/** An answer is replayed this long, by machine time: a caller's tries follow no sandbox clock. */
export const keptDays = 30
/** Answers deleted in one transaction, so that none is long and no lock is held for long. */
export const forgetMax = 5_000

/** Deletes answers that are older than they are kept for, so many at a time; `forgotten` below that says that none is left. */
export const forgetAnswers = operation(
  'operations.forget_answers',
  {
    summary: 'Delete stored answers that are no longer replayed',
    input: z.strictObject({}),
    answer: z.strictObject({ forgotten: z.int() }),
    may: ['system'],
    alone: true,
  },
  async ({ tx }) => {
    const [gone] = await tx<{ forgotten: number }>(sql`
      with gone as (
        delete from operations.answer where id in (
          select id from operations.answer where kept_at < now() - ${keptDays} * interval '1 day' limit ${forgetMax})
        returning id)
      select count(*)::int as forgotten from gone`)
    return { forgotten: gone?.forgotten ?? 0 }
  },
)

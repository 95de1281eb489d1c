import { hash } from 'node:crypto'
import { z } from 'zod'
import type { Target } from '#kernel/outbound'
import type { CreditBureau } from '#systems/lending'

const count = z.int().min(0).max(10_000)

/** What a bureau may say; more fields are its own affair, wrong ones make the report worthless. Obligations in minor units a month. */
const Report = z.object({
  score: z.int().min(300).max(900).nullable(),
  writtenOff: z.boolean(),
  overdueAccounts: count,
  enquiries6Months: count,
  monthlyObligations: z.int().min(0).nullable(),
})

/**
 * The bureau behind an HTTP target. An enquiry shows on a person's file, so one that was sent is not sent again here: the credit check,
 * a job, comes back later. Throws OutboundError when there is no answer, Error when it cannot be understood.
 */
export function bureauAt(target: Target): CreditBureau {
  return {
    async report({ pan, name }, { signal }) {
      const about = hash('sha256', pan)
      const answer = await target.call({ method: 'POST', path: '/v1/reports', body: { pan, name }, about, signal })
      if (answer.status !== 200) throw new Error(`the bureau answered ${answer.status}`)
      const report = Report.safeParse(answer.json())
      if (!report.success) throw new Error(`the bureau's report cannot be understood: ${z.prettifyError(report.error)}`)
      const { monthlyObligations, ...rest } = report.data
      return { ...rest, monthlyObligations: monthlyObligations === null ? null : BigInt(monthlyObligations) }
    },
  }
}

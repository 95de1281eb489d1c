import { sql } from '#kernel/db'
import { on } from '#kernel/events'
import { type Job, job, WorkPool } from '#kernel/jobs'
import { z } from 'zod'
import { judge, Report, startAssessment } from './decide.ts'
import { applied } from './events.ts'
import { LoanId } from './loan.ts'
import type { Loan } from './loan.ts'
import type { BureauReport } from './score.ts'

// Where reports come from: a gateway. Answers within the signal's time or throws; null score where the bureau has no file.
export interface CreditBureau {
  report(about: { readonly pan: string; readonly name: string }, options: { readonly signal: AbortSignal }): Promise<BureauReport>
}

// At most so many checks at the bureau: 5 run, 100 wait, then up to 20 run; past that the claimer of the job runs it itself and claims no more.
export const creditCheckPool = (): WorkPool => new WorkPool({ core: 5, queue: 100, max: 20 })

const ATTEMPTS = 3
const BACKOFF_S = 2
// Three silent tries fit into the half minute that a request may take: the sandbox clock waits for them.
export const BUREAU_TIMEOUT_MS = 6_000

const Asked = z.strictObject({ loan: LoanId })
type Result = { readonly report: z.infer<typeof Report> | null }

// Asks the bureau about an applicant, and has the answer judged in the transaction that ends the job. A bureau that stays silent, or an
// applicant without PAN, means a referral to an officer.
export const creditCheck = (bureau: CreditBureau, pool: WorkPool, timeoutMs: number = BUREAU_TIMEOUT_MS): Job<z.infer<typeof Asked>> =>
  job<z.infer<typeof Asked>, Result>(
    'lending.credit_check',
    { input: Asked, attempts: ATTEMPTS, backoffS: BACKOFF_S, timeoutMs, pool },
    {
      work: async ({ read, signal }, { loan }) => {
        const [asked] = await read<Pick<Loan, 'pan' | 'person_name'>>(sql`select pan, person_name from lending.loan where id = ${loan}`)
        if (!asked || asked.pan === null) return { report: null }
        const report = await bureau.report({ pan: asked.pan, name: asked.person_name }, { signal })
        return { report: { ...report, monthlyObligations: report.monthlyObligations === null ? null : Number(report.monthlyObligations) } }
      },
      done: async ({ run }, { loan }, { report }) => void (await run(judge, { loan, report }, { key: `judge:${loan}` })),
      gaveUp: async ({ run }, { loan }) => void (await run(judge, { loan, report: null }, { key: `judge:${loan}` })),
    },
  )

export const assessOnApplied = on(applied, 'lending.assess_on_applied', async ({ run }, event) => {
  await run(startAssessment, { loan: event.data.loan as z.infer<typeof LoanId> }, { key: event.id })
})

// What a bureau said about a person; null where it has no file or did not say.
export type BureauReport = {
  readonly score: number | null // 300 to 900
  readonly writtenOff: boolean
  readonly overdueAccounts: number
  readonly enquiries6Months: number
  readonly monthlyObligations: bigint | null // minor units of instalments elsewhere
}

// The side of the application that a score looks at. Both in minor units.
export type ScoredApplication = { readonly instalment: bigint; readonly monthlyIncome: bigint | null }

export type ScoreDecision = 'approve' | 'refer' | 'reject'

// Why: a code for people and programs, the points it gave or took, and whether it forced the decision.
export type ScoreReason = { readonly code: string; readonly points: number; readonly forces?: 'refer' | 'reject' }

export type ScoreResult = { readonly decision: ScoreDecision; readonly points: number; readonly reasons: readonly ScoreReason[] }

// The house's bands: each line is the least value that earns its points. Higher is better throughout; 100 is where a file starts.
const START = 100
const APPROVE_FROM = 150
const REJECT_BELOW = 80

const SCORE_BANDS = [
  { from: 800, points: 100, code: 'bureau_score_excellent' },
  { from: 750, points: 80, code: 'bureau_score_good' },
  { from: 700, points: 55, code: 'bureau_score_fair' },
  { from: 650, points: 20, code: 'bureau_score_low' },
  { from: 0, points: -40, code: 'bureau_score_poor' },
] as const

// Fixed obligations to income, in percent: instalments elsewhere and this one.
const OBLIGATION_BANDS = [
  { above: 65, points: -100, code: 'obligations_above_65_percent', forces: 'reject' },
  { above: 50, points: -30, code: 'obligations_above_50_percent' },
  { above: 40, points: -10, code: 'obligations_above_40_percent' },
  { above: -1, points: 15, code: 'obligations_affordable' },
] as const

const ENQUIRIES_MANY = 6
const ENQUIRIES_SOME = 3

const scoreReason = ({ score }: BureauReport): ScoreReason => {
  if (score === null) return { code: 'bureau_no_file', points: 0, forces: 'refer' }
  const band = SCORE_BANDS.find(({ from }) => score >= from)
  return band ? { code: band.code, points: band.points } : { code: 'bureau_score_unreadable', points: 0, forces: 'refer' }
}

const conductReasons = (report: BureauReport): ScoreReason[] => {
  const reasons: ScoreReason[] = []
  if (report.writtenOff) reasons.push({ code: 'account_written_off', points: -100, forces: 'reject' })
  if (report.overdueAccounts > 1) reasons.push({ code: 'accounts_overdue', points: -60, forces: 'refer' })
  else if (report.overdueAccounts === 1) reasons.push({ code: 'account_overdue', points: -25 })
  if (report.enquiries6Months >= ENQUIRIES_MANY) reasons.push({ code: 'enquiries_many', points: -25 })
  else if (report.enquiries6Months >= ENQUIRIES_SOME) reasons.push({ code: 'enquiries_some', points: -10 })
  return reasons
}

const obligationReason = (report: BureauReport, { instalment, monthlyIncome }: ScoredApplication): ScoreReason | null => {
  if (monthlyIncome === null) return null
  if (monthlyIncome <= 0n) return { code: 'income_none', points: -100, forces: 'reject' }
  // Compared as whole numbers: obligations × 100 above income × band.
  const obligations = instalment + (report.monthlyObligations ?? 0n)
  const band = OBLIGATION_BANDS.find(({ above }) => obligations * 100n > monthlyIncome * BigInt(above))
  return band ?? null
}

// Judges an application by a bureau's report: every reason counted is named, in the order looked at. A reason that forces a rejection
// or a referral wins over any points; otherwise the points decide. The same input always gives the same answer. Income not stated is not held
// against anyone.
export const scoreApplication = (report: BureauReport, application: ScoredApplication): ScoreResult => {
  const obligation = obligationReason(report, application)
  const reasons = [scoreReason(report), ...conductReasons(report), ...(obligation ? [obligation] : [])]
  const points = reasons.reduce((sum, reason) => sum + reason.points, START)
  return { decision: decide(points, reasons), points, reasons }
}

const decide = (points: number, reasons: readonly ScoreReason[]): ScoreDecision => {
  if (reasons.some(({ forces }) => forces === 'reject') || points < REJECT_BELOW) return 'reject'
  if (reasons.some(({ forces }) => forces === 'refer') || points < APPROVE_FROM) return 'refer'
  return 'approve'
}

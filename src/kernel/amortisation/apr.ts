import { internalRate } from '#kernel/money'
import type { Schedule } from './schedule.ts'
import { PERIODS_PER_YEAR } from './terms.ts'
import type { Frequency } from './terms.ts'

// Flows are compared in units at least this fine, and differences below a 10^8th of a minor unit count as none.
const FINE = 10n ** 12n
const SLACK_DIVISOR = 10n ** 8n

// The annual percentage rate as RBI's Key Facts Statement has it (RBI/2024-25/18, Annex B): internal rate of return per period × periods a
// year, not compounded, over equal periods, on what the borrower has at time 0: `received` is the principal less all fees and their tax, > 0.
// Two decimals, halves up: "17.07".
export const aprOf = (schedule: Schedule, received: bigint, frequency: Frequency): string => {
  const finer = schedule.scale < FINE ? FINE : 1n
  const unit = schedule.scale * finer
  const flows = {
    paidOut: received * unit,
    received: schedule.rows.map((row) => row.total * finer),
    periodsPerYear: PERIODS_PER_YEAR[frequency],
  }
  return formatHundredths(internalRate(flows, unit / SLACK_DIVISOR))
}

const formatHundredths = (hundredths: bigint): string => {
  const digits = (hundredths < 0n ? -hundredths : hundredths).toString().padStart(3, '0')
  return `${hundredths < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

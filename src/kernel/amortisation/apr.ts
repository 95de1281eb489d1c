import { internalRate } from '#kernel/money'
import type { Schedule } from './schedule.ts'
import { PERIODS_PER_YEAR } from './terms.ts'
import type { Frequency } from './terms.ts'

// Flows are compared in 10^24ths of a minor unit, however much finer the schedule is: the digits that a debt's growth asks of its rows say
// nothing of its rate, and cost the most of the time. What 1,200 divisions lose stays far below a 10^18th of a minor unit, and counts as none;
// a rate of 12 decimals that truly misses a half of a hundredth misses it by more.
const UNIT = 10n ** 24n
const SLACK = 10n ** 6n

// The annual percentage rate as RBI's Key Facts Statement has it (RBI/2024-25/18, Annex B): internal rate of return per period × periods a
// year, not compounded, over equal periods, on what the borrower has at time 0: `received` is the principal less all fees and their tax, > 0.
// Two decimals, halves up: "17.07".
export const aprOf = (schedule: Schedule, received: bigint, frequency: Frequency): string => {
  const flows = {
    paidOut: received * UNIT,
    received: schedule.rows.map((row) => (row.total * UNIT) / schedule.scale),
    periodsPerYear: PERIODS_PER_YEAR[frequency],
  }
  return formatHundredths(internalRate(flows, SLACK))
}

const formatHundredths = (hundredths: bigint): string => {
  const digits = (hundredths < 0n ? -hundredths : hundredths).toString().padStart(3, '0')
  return `${hundredths < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

// Schedules and whole quotes a second: 24 rows, monthly EMI. Medians of alternating rounds in one run.
import { availableParallelism, cpus } from 'node:os'
import { parseRate } from '#kernel/money'
import { scheduleOf } from '#kernel/amortisation'
import { LoanQuoteRequest, quoteOf } from '#systems/lending'
import type { Terms } from '#kernel/amortisation'

const ROUNDS = 9
const ROUND_MS = 250

const rounded: Terms = {
  principal: 2_000_000n,
  currency: 'INR',
  annualRate: parseRate('15'),
  instalments: 24,
  frequency: 'monthly',
  method: 'emi',
  dayCount: 'per_period',
  instalmentBasis: 'period_rate',
  disbursedOn: '2024-10-01',
  firstDueOn: '2024-11-01',
  rounding: 'paisa',
}
const request = LoanQuoteRequest.parse({
  principal: 2_000_000,
  currency: 'INR',
  annualRate: '15',
  instalments: 24,
  frequency: 'monthly',
  method: 'emi',
  dayCount: 'per_period',
  disbursedOn: '2024-10-01',
  firstDueOn: '2024-11-01',
  rounding: { instalment: 'none', residue: 'last' },
  fees: [{ name: 'processing', amount: 40_000, taxRate: '18', paid: 'deducted' }],
})

const cases: Record<string, () => unknown> = {
  'schedule, paisa': () => scheduleOf(rounded),
  'schedule, unrounded': () => scheduleOf({ ...rounded, rounding: 'none' }),
  'schedule, act/365': () => scheduleOf({ ...rounded, dayCount: 'act/365', instalmentBasis: 'day_factors' }),
  'quote with APR, paisa': () => quoteOf({ ...request, rounding: { instalment: 'paisa', residue: 'last' } }),
  'quote with APR, unrounded': () => quoteOf(request),
  'quote from JSON, unrounded': () => JSON.stringify(quoteOf(LoanQuoteRequest.parse(structuredClone(request)))),
}

const perSecond = (run: () => unknown): number => {
  const start = performance.now()
  let count = 0
  while (performance.now() - start < ROUND_MS) {
    for (let at = 0; at < 50; at += 1) run()
    count += 50
  }
  return (count * 1000) / (performance.now() - start)
}

const results = new Map<string, number[]>(Object.keys(cases).map((name) => [name, []]))
for (let round = 0; round < ROUNDS; round += 1) for (const [name, run] of Object.entries(cases)) results.get(name)?.push(perSecond(run))

console.log(`node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}; 24 rows; target 20,000 schedules/s`)
for (const [name, rates] of results) {
  const median = rates.sort((a, b) => a - b)[ROUNDS >> 1] ?? 0
  console.log(
    `${name.padEnd(28)} ${Math.round(median).toLocaleString('en-IN').padStart(9)}/s   ${(median / 20_000).toFixed(2)} of the target`,
  )
}

// Sought: the yearly rate, in hundredths of a percent, that makes equal-period receipts worth what was paid out at time 0.
export type CashFlows = {
  readonly paidOut: bigint // at time 0, > 0
  readonly received: readonly bigint[] // one per period, ≥ 0, at least one > 0; same unit as paidOut
  readonly periodsPerYear: number
}

const BASIS = 20_000n // halves of a hundredth of a percent in 1
const NEWTON_ROUNDS_MAX = 60
const WALK_STEPS_MAX = 8
const BISECT_ROUNDS_MAX = 4096

// Newton's method in floating point; only a first guess, which the exact test below confirms or corrects.
const guess = ({ paidOut, received, periodsPerYear }: CashFlows): number => {
  const whole = Number(paidOut)
  const flows = received.map((flow) => Number(flow) / whole)
  let rate = Math.max(0, (flows.reduce((a, b) => a + b, 0) - 1) * (2 / (flows.length + 1)))
  for (let round = 0; round < NEWTON_ROUNDS_MAX; round += 1) {
    const v = 1 / (1 + rate)
    let worth = 0
    let slope = 0 // of worth by v
    for (let at = flows.length - 1; at >= 0; at -= 1) {
      const held = worth + (flows[at] ?? 0)
      slope = slope * v + held
      worth = held * v
    }
    const step = (worth - 1) / (v * v * slope)
    if (!Number.isFinite(step)) return 0
    rate += step
    if (Math.abs(step) < 1e-13) break
  }
  return rate * periodsPerYear * 10_000
}

// Whether the receipts, discounted at `halves` of a hundredth of a percent a year, still pay back what was paid out.
// Discounting backwards never enlarges an error; each step adds less than one unit, and `slack` forgives them.
const paysBack = (flows: CashFlows, halves: bigint, slack: bigint): boolean => {
  const one = BASIS * BigInt(flows.periodsPerYear)
  const grown = one + halves
  let value = 0n
  for (let at = flows.received.length - 1; at >= 0; at -= 1) value = ((value + (flows.received[at] ?? 0n)) * one) / grown
  return value + slack >= flows.paidOut
}

// Nominal yearly internal rate of return, per period × periods, not compounded (as RBI's Key Facts Statement has it), in hundredths of a
// percent, halves up: 1707n is 17.07 %. Give the flows in fine units: differences below `slack` of them count as equal, so that
// a rate of exactly 12.345 % is 12.35. Losses end just above −100 % a period. RangeError when nothing was paid out or nothing comes back.
export const internalRate = (flows: CashFlows, slack = 0n): bigint => {
  if (flows.paidOut <= 0n || !flows.received.some((flow) => flow > 0n))
    throw new RangeError('no internal rate: nothing paid out or nothing received')
  const reached = (k: bigint): boolean => paysBack(flows, 2n * k - 1n, slack)
  const start = guess(flows)
  let k = BigInt(Math.round(Number.isFinite(start) ? Math.min(start, 1e15) : 0))
  const floor = 1n - (BASIS / 2n) * BigInt(flows.periodsPerYear)
  if (k < floor) k = floor
  for (let step = 0; step < WALK_STEPS_MAX; step += 1) {
    if (!reached(k)) {
      if (k <= floor) return k
      k -= 1n
    } else if (reached(k + 1n)) k += 1n
    else return k
  }
  return bisect(reached, floor)
}

const bisect = (reached: (k: bigint) => boolean, floor: bigint): bigint => {
  let low = floor
  let high = 1n
  for (let round = 0; reached(high); round += 1) {
    if (round > BISECT_ROUNDS_MAX) throw new RangeError('no internal rate within bounds')
    low = high
    high *= 2n
  }
  while (high - low > 1n) {
    const middle = (low + high) >> 1n
    if (reached(middle)) low = middle
    else high = middle
  }
  return low
}

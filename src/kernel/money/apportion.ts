// Splits a whole among weights so that the parts always sum to it: each gets its floor, and the units left go one each to the
// largest remainders, the earlier first among equals (Hamilton's method). Weights are ≥ 0 and not all 0, else RangeError; the whole may be negative.
export const apportion = (whole: bigint, weights: readonly bigint[]): bigint[] => {
  if (whole < 0n) return apportion(-whole, weights).map((part) => -part)
  let sum = 0n
  for (const weight of weights) {
    if (weight < 0n) throw new RangeError('a weight is below zero')
    sum += weight
  }
  if (sum === 0n) throw new RangeError('the weights sum to zero')
  const parts = weights.map((weight) => (whole * weight) / sum)
  let left = whole
  for (const part of parts) left -= part
  const order = weights
    .map((weight, at) => ({ at, rest: (whole * weight) % sum }))
    .sort((a, b) => (a.rest === b.rest ? a.at - b.at : a.rest > b.rest ? -1 : 1))
  for (const { at } of order) {
    if (left === 0n) break
    parts[at] = (parts[at] ?? 0n) + 1n
    left -= 1n
  }
  return parts
}

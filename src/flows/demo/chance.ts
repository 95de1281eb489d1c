import { hash } from 'node:crypto'

const SPAN = 2 ** 32

/** Draws that depend on a seed and a label alone, not on the order of asking: what is asked again after a stop comes out the same. */
export interface Chance {
  /** From 0 up to, not including, 1. */
  draw(label: string): number
  /** A whole number from `from` to `to`, both included. */
  whole(label: string, from: number, to: number): number
  one<T>(label: string, of: readonly T[]): T
  /** One of several by weight; the weights need not sum to anything. */
  weighed<T>(label: string, of: readonly (readonly [T, number])[]): T
}

export function chanceOf(seed: number): Chance {
  const draw = (label: string): number => hash('sha256', `${seed}:${label}`, 'buffer').readUInt32BE(0) / SPAN
  const whole = (label: string, from: number, to: number): number => from + Math.floor(draw(label) * (to - from + 1))
  return {
    draw,
    whole,
    one(label, of) {
      if (of.length === 0) throw new RangeError('nothing to choose from')
      return of[whole(label, 0, of.length - 1)] as (typeof of)[number]
    },
    weighed(label, of) {
      let left = draw(label) * of.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [thing, weight] of of) if ((left -= weight) < 0) return thing
      const last = of.at(-1)
      if (!last) throw new RangeError('nothing to choose from')
      return last[0]
    },
  }
}

import { axisUnit } from '#services/money.ts'

export type Bar = {
  readonly number: number
  readonly dueOn: string
  readonly principal: number
  readonly interest: number
  readonly state?: 'paid' | 'part' | 'late' | 'due' | 'to come'
}

export const EDGE = { left: 48, right: 8, top: 22, bottom: 24 }
const TICKS = 3
const LABEL_EVERY_PX = 74
const GAP = 0.36

const niceStep = (most: number): number => {
  const rough = most / TICKS
  const power = 10 ** Math.floor(Math.log10(rough))
  return ([1, 2, 2.5, 4, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power
}

export type Geometry = {
  readonly width: number
  readonly height: number
  readonly floor: number
  readonly slot: number
  readonly bar: number
  readonly every: number
  readonly ticks: readonly number[]
  /** What the ticks count, in words and in minor units. */
  readonly unit: { readonly word: string; readonly minor: number }
  readonly x: (at: number) => number
  readonly y: (minor: number) => number
  /** Where today's line stands: before the first bar that is due after today. */
  readonly todayAt: number | undefined
  readonly toCome: number
}

/** Places the bars of a schedule in a picture of this size. */
export const geometryOf = (
  bars: readonly Bar[],
  currency: string,
  today: string | undefined,
  size: { width: number; height: number },
): Geometry => {
  const largest = Math.max(1, ...bars.map((bar) => bar.principal + bar.interest))
  const unit = axisUnit(largest, currency)
  const most = largest / unit.minor
  const step = niceStep(most)
  const ticks = Array.from({ length: Math.ceil(most / step) + 1 }, (_, at) => at * step)
  const top = ticks.at(-1) ?? 1
  const tall = size.height - EDGE.top - EDGE.bottom
  const slot = Math.max(0, size.width - EDGE.left - EDGE.right) / Math.max(1, bars.length)
  const after = today === undefined ? -1 : bars.findIndex((bar) => bar.dueOn > today)
  return {
    ...size,
    floor: EDGE.top + tall,
    slot,
    bar: slot * (1 - GAP),
    every: Math.max(1, Math.ceil(LABEL_EVERY_PX / Math.max(1, slot))),
    ticks,
    unit,
    x: (at) => EDGE.left + slot * (at + GAP / 2),
    y: (minor) => EDGE.top + tall - (minor / unit.minor / top) * tall,
    todayAt: today === undefined ? undefined : EDGE.left + slot * (after < 0 ? bars.length : after),
    toCome: after < 0 ? 0 : bars.length - after,
  }
}

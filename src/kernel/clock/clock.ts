import { businessDate } from './zone.ts'

// Business time. Everything that asks what time it is takes one of these, so that a day or a year can be replayed.
export interface Clock {
  // Milliseconds since 1970, UTC.
  now(): number
  // Microseconds since 1970; grows with every call, so that two events of one process never share it.
  micros(): number
  // The business date, of the clock's own zone unless another is named.
  today(zone?: string): string
}

export const HOME_ZONE = 'Asia/Kolkata'

const clockOf = (now: () => number, zone: string): Clock => {
  let last = 0
  return {
    now,
    micros: () => (last = Math.max(now() * 1000, last + 1)),
    today: (other = zone) => businessDate(now(), other),
  }
}

// Machine time.
export const realClock = (zone: string = HOME_ZONE): Clock => clockOf(() => Date.now(), zone)

// A clock that stands still until it is moved, and moves forward only.
export interface SimulatedClock extends Clock {
  // Moves to an instant; RangeError if it lies before now.
  advanceTo(ms: number): void
}

export const simulatedClock = (startMs: number, zone: string = HOME_ZONE): SimulatedClock => {
  let at = startMs
  return {
    ...clockOf(() => at, zone),
    advanceTo: (ms) => {
      if (!Number.isSafeInteger(ms) || ms < at) throw new RangeError('a simulated clock moves forward only')
      at = ms
    },
  }
}

export { HOME_ZONE, realClock, simulatedClock } from './clock.ts'
export type { Clock, SimulatedClock } from './clock.ts'
export { businessDate, formatInstant, parseInstant, startOfDay } from './zone.ts'

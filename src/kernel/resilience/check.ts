/** Refuses a configured number outside its bounds, by the name it was configured under. */
export function within(name: string, value: number, bounds: { min: number; max?: number; whole?: boolean }): number {
  const { min, max = Infinity, whole = false } = bounds
  if (typeof value !== 'number' || !(value >= min && value <= max) || (whole && !Number.isInteger(value)))
    throw new RangeError(`${name} must be ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}, not ${String(value)}`)
  return value
}

/** Refuses a configured word that is none of those known, by the name it was configured under. */
export function oneOf<Word extends string>(name: string, value: Word, known: readonly Word[]): Word {
  if (!known.includes(value)) throw new RangeError(`${name} must be one of ${known.join(', ')}, not ${value}`)
  return value
}

export type ErrorClass = abstract new (...args: never[]) => Error

/** Joins a predicate over errors and a list of classes by `or`; undefined when neither is given (Resilience4j's PredicateCreator). */
export function errorTest(
  predicate: ((error: unknown) => boolean) | undefined,
  classes: readonly ErrorClass[] | undefined,
): ((error: unknown) => boolean) | undefined {
  if (classes === undefined || classes.length === 0) return predicate
  return (error) => classes.some((known) => error instanceof known) || predicate?.(error) === true
}

/** Makes an error, without its stack when the configuration says so: a refused call must stay cheap under load. */
export function makeError<E extends Error>(make: () => E, withStack: boolean): E {
  if (withStack) return make()
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return make()
  } finally {
    Error.stackTraceLimit = limit
  }
}

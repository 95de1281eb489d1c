import type { Callback, PlanStep } from './plan.ts'
import { orNull, type Emit } from './runtime.ts'
import { StreamError } from './stream-error.ts'

/** A record's flatMap may give at most this many records: a slip in a mapper must not fill the memory. */
const MAX_FLAT_MAP = 100_000

type Stateless = Extract<PlanStep, { call: Callback }> & {
  kind: 'filter' | 'map' | 'mapValues' | 'flatMap' | 'flatMapValues' | 'selectKey' | 'peek'
}

/** The steps that keep nothing: each record in, none or more out, with the record's timestamp. */
export function statelessStep(step: Stateless, next: Emit): Emit {
  const { call } = step
  switch (step.kind) {
    case 'filter':
      return (key, value, old, timestamp) => {
        if (call(key, value, null)) next(key, value, old, timestamp)
      }
    case 'map':
      return (key, value, _old, timestamp) => pairOf(call(key, value, null), (newKey, newValue) => next(newKey, newValue, null, timestamp))
    case 'mapValues':
      return (key, value, _old, timestamp) => next(key, orNull(call(value, key, null)), null, timestamp)
    case 'flatMap':
      return (key, value, _old, timestamp) => {
        for (const pair of bounded(call(key, value, null))) pairOf(pair, (newKey, newValue) => next(newKey, newValue, null, timestamp))
      }
    case 'flatMapValues':
      return (key, value, _old, timestamp) => {
        for (const item of bounded(call(value, key, null))) next(key, orNull(item), null, timestamp)
      }
    case 'selectKey':
      return (key, value, _old, timestamp) => next(orNull(call(key, value, null)), value, null, timestamp)
    case 'peek':
      return (key, value, old, timestamp) => {
        call(key, value, null)
        next(key, value, old, timestamp)
      }
  }
}

/** Sends each record to the branch of the first predicate that holds. */
export function splitStep(calls: readonly Callback[], branches: readonly Emit[]): Emit {
  return (key, value, old, timestamp) => {
    const at = calls.findIndex((call) => call(key, value, null))
    branches[at]?.(key, value, old, timestamp)
  }
}

/** Reads `[key, value]` or `{ key, value }`. */
export function pairOf(pair: unknown, use: (key: unknown, value: unknown) => void): void {
  if (Array.isArray(pair)) return use(orNull(pair[0]), orNull(pair[1]))
  if (typeof pair === 'object' && pair !== null && 'key' in pair && 'value' in pair) return use(orNull(pair.key), orNull(pair.value))
  throw new StreamError('streams.bad_record', 'a mapper must give [key, value] or { key, value }')
}

function* bounded(items: unknown): Iterable<unknown> {
  if (typeof items !== 'object' || items === null || !(Symbol.iterator in items)) {
    throw new StreamError('streams.bad_record', 'flatMap and flatMapValues must give a list')
  }
  let given = 0
  for (const item of items as Iterable<unknown>) {
    if (++given > MAX_FLAT_MAP) throw new StreamError('streams.bad_record', `one record must not become more than ${MAX_FLAT_MAP}`)
    yield item
  }
}

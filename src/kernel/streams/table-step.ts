import { identity } from './key-order.ts'
import type { Callback } from './plan.ts'
import { orNull, type Emit, type Runtime } from './runtime.ts'
import type { TableEntry, TableStore } from './table-store.ts'

/** Looks a table's row up, wherever it is kept or computed from. */
export type Getter = (key: unknown) => TableEntry | undefined

/** Reads a topic as a table. Records out of order still win: the last one in, not the newest, is the row (as in Kafka). */
export function tableStep(parts: { runtime: Runtime; store: TableStore | undefined; next: Emit }): Emit {
  const { runtime, store, next } = parts
  return (key, value, _old, timestamp) => {
    if (key === null) return runtime.drop()
    if (store === undefined) return next(key, value, null, timestamp)
    const id = identity(key)
    const before = store.get(id)?.value ?? null
    store.put(id, value, timestamp)
    next(key, value, before, timestamp)
  }
}

export type DerivedParts = {
  /** From a row's value to the derived one; never called with null. */
  readonly derive: (key: unknown, value: unknown) => unknown
  readonly store: TableStore | undefined
  readonly caching: boolean
  readonly sendOld: boolean
  /** A filter forgets a change from nothing to nothing, once it can see both. */
  readonly skipNothing: boolean
  readonly next: Emit
}

/** filter and mapValues on a table. Kafka: KTableFilter, KTableMapValues. */
export function derivedStep(parts: DerivedParts): Emit {
  const { derive, store, sendOld, skipNothing, next } = parts
  const seesOld = sendOld || (parts.caching && store !== undefined)
  return (key, value, old, timestamp) => {
    const result = value === null ? null : orNull(derive(key, value))
    let before: unknown = null
    if (seesOld) {
      if (store !== undefined) before = store.get(identity(key))?.value ?? null
      else before = old === null ? null : orNull(derive(key, old))
    }
    if (skipNothing && sendOld && before === null && result === null) return
    store?.put(identity(key), result, timestamp)
    next(key, result, before, timestamp)
  }
}

export function filtered(call: Callback): (key: unknown, value: unknown) => unknown {
  return (key, value) => (call(key, value, null) ? value : null)
}

export type TableJoinParts = {
  readonly runtime: Runtime
  readonly other: Getter
  /** Already turned so that the first argument is this side's value. */
  readonly joiner: (mine: unknown, theirs: unknown) => unknown
  readonly side: 'inner' | 'left' | 'right' | 'outer'
  readonly sendOld: boolean
  readonly next: Emit
}

/** One side of a table–table join. Kafka: KTableKTableInnerJoin, LeftJoin, RightJoin, OuterJoin. */
export function tableJoinStep(parts: TableJoinParts): Emit {
  const { runtime, other, joiner, side, sendOld, next } = parts
  return (key, value, old, timestamp) => {
    if (key === null) return runtime.drop()
    const row = other(key)
    const theirs = row?.value ?? null
    if (theirs === null && (side === 'inner' || side === 'right')) return
    if (theirs === null && value === null && old === null) return
    const joined = (mine: unknown): unknown => {
      const meets = side === 'right' || mine !== null || (side === 'outer' && theirs !== null)
      return meets ? orNull(joiner(mine, theirs)) : null
    }
    const newTimestamp = theirs === null || row === undefined ? timestamp : Math.max(timestamp, row.timestamp)
    next(key, joined(value), sendOld ? joined(old) : null, newTimestamp)
  }
}

/** The row a table–table join would hold for a key, computed when asked. */
export function joinedGetter(left: Getter, right: Getter, how: { join: 'inner' | 'left' | 'outer'; joiner: Callback }): Getter {
  return (key) => {
    const one = left(key)
    const other = right(key)
    if (one === undefined && (how.join !== 'outer' || other === undefined)) return undefined
    if (other === undefined && how.join === 'inner') return undefined
    const value = orNull(how.joiner(one?.value ?? null, other?.value ?? null, null))
    if (value === null) return undefined
    return { value, timestamp: Math.max(one?.timestamp ?? -1, other?.timestamp ?? -1) }
  }
}

/** Each record meets the table's row of its key at that moment. Kafka: KStreamKTableJoinProcessor. */
export function streamTableJoinStep(parts: { runtime: Runtime; table: Getter; left: boolean; call: Callback; next: Emit }): Emit {
  const { runtime, table, left, call, next } = parts
  return (key, value, _old, timestamp) => {
    if (value === null || (key === null && !left)) return runtime.drop()
    const theirs = key === null ? null : (table(key)?.value ?? null)
    if (theirs === null && !left) return
    next(key, orNull(call(value, theirs, key)), null, timestamp)
  }
}

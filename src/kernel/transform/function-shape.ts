import { JavaArray } from './json.ts'
import type { Value } from './json.ts'
import type { Run } from './run.ts'

/** A modifier function: undefined is no answer, and leaves the data as it is. */
export type JoltFunction = (args: readonly Value[], run: Run) => Value | undefined
type OfOne = (arg: Value, run: Run) => Value | undefined
type OfList = (list: Value[], run: Run) => Value | undefined

/** Jolt's way with arguments: one list or several arguments are a list, empty lists and null have no answer. */
function spread(args: readonly Value[], run: Run, of: { one: OfOne; list: OfList; keeps: boolean }): Value | undefined {
  if (args.length === 0) return undefined
  // A list that may be answered itself is one of Java's that can not grow.
  const fixed = (items: Value[]): Value[] => (of.keeps ? run.mark(items, 'fixed') : items)
  if (args.length > 1) return of.list(fixed(args.slice()), run)
  const [arg = null] = args
  if (arg === null) return undefined
  if (arg instanceof JavaArray) return arg.items.length === 0 ? undefined : of.list(fixed(arg.items), run)
  if (Array.isArray(arg)) return arg.length === 0 ? undefined : of.list(arg, run)
  return of.one(arg, run)
}

/** A function of one value; of a list it answers the list of answers, a value without answer as it was. */
export function ofEach(one: OfOne): JoltFunction {
  const list: OfList = (items, run) => items.map((item) => one(item, run) ?? item)
  return (args, run) => spread(args, run, { one, list, keeps: false })
}

/** A function of a list alone. */
export function ofList(list: OfList): JoltFunction {
  return (args, run) => spread(args, run, { one: () => undefined, list, keeps: false })
}

/** A function with an answer for one value and another for a list. */
export function ofEither(one: OfOne, list: OfList): JoltFunction {
  return (args, run) => spread(args, run, { one, list, keeps: true })
}

/** A function that treats a list as one value. */
export function ofWhole(one: OfOne): JoltFunction {
  return (args, run) => spread(args, run, { one, list: one, keeps: true })
}

type Guard<T extends Value> = (value: Value) => value is T

/** Splits off a first argument of the right kind; a single list is taken for the arguments. What follows is a list, or one other value. */
function led<T extends Value>(args: readonly Value[], guard: Guard<T>): { special: T; rest: Value[]; single: boolean } | undefined {
  const [only] = args
  const all = args.length === 1 && Array.isArray(only) ? only : args
  const [special = null, second = null] = all
  if (all.length < 2 || !guard(special)) return undefined
  if (all.length > 2) return { special, rest: all.slice(1), single: false }
  return Array.isArray(second) ? { special, rest: second, single: false } : { special, rest: [second], single: true }
}

/** A function led by a special argument, of the list that follows. */
export function ledOfList<T extends Value>(
  guard: Guard<T>,
  list: (special: T, items: Value[], run: Run) => Value | undefined,
): JoltFunction {
  return (args, run) => {
    const parts = led(args, guard)
    return parts === undefined || parts.single ? undefined : list(parts.special, parts.rest, run)
  }
}

/** A function led by a special argument, of one value or of each in a list. */
export function ledOfEach<T extends Value>(guard: Guard<T>, one: (special: T, arg: Value, run: Run) => Value | undefined): JoltFunction {
  return (args, run) => {
    const parts = led(args, guard)
    if (parts === undefined) return undefined
    const { special, rest, single } = parts
    return single ? one(special, rest[0] ?? null, run) : rest.map((item) => one(special, item, run) ?? item)
  }
}

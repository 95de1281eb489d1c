import { checkSpec } from './check-spec.ts'
import { isMap, JavaArray } from './json.ts'
import type { Json, Value } from './json.ts'
import { copyOf, get, keysOf } from './object.ts'
import { operationNamed, stepOf } from './operation.ts'
import type { OperationName, Step } from './operation.ts'
import { isBlank } from './path-reader.ts'
import { Run, TouchesInput } from './run.ts'
import type { Line } from './run.ts'
import { FatalError, SpecError, atLine, pointer } from './spec-error.ts'

/** A compiled chain. Both calls are pure: the input is never changed, though the output may hold parts of it. */
export type Transform = {
  /** The output; undefined is Java's null. Throws TransformError where Java throws, and beyond the limits of depth and output. */
  readonly run: (input: Json | undefined, context?: Json) => Json | undefined
  /** Which line of the spec wrote, moved or removed which output path, in the order in which it happened. */
  readonly explain: (input: Json | undefined, context?: Json) => Line[]
}

type Link = { readonly name: OperationName; readonly apply: Step }

// A chain that so often could not do without a copy of its input is given one at once.
const ENOUGH_TRIES = 8

/** Compiles a Jolt chain, once, into closures. Throws SpecError where Jolt 0.1.8 refuses the spec, and beyond the limits. */
export function compile(spec: unknown): Transform {
  checkSpec(spec)
  const chain = linksOf(copyOf((spec ?? null) as Value))
  let inVain = 0
  const run = (input: Value, context: Value): Value => {
    if (inVain < ENOUGH_TRIES) {
      try {
        return apply(chain, input, new Run(context, input))
      } catch (error) {
        if (!(error instanceof TouchesInput)) throw error
        inVain++
      }
    }
    return apply(chain, copyOf(input), new Run(copyOf(context)))
  }
  const explain = (input: Value, context: Value): Line[] => {
    const explained = new Run(copyOf(context))
    explained.lines = []
    apply(chain, copyOf(input), explained)
    return explained.lines
  }
  return {
    run: (input, context) => shallow(() => run((input ?? null) as Value, (context ?? null) as Value) ?? undefined) as Json | undefined,
    explain: (input, context) => shallow(() => explain((input ?? null) as Value, (context ?? null) as Value)),
  }
}

/** Documents too deep for the stack, or within themselves, fail as they do in Java. */
function shallow<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof RangeError) throw new FatalError(error.message)
    throw error
  }
}

function apply(chain: readonly Link[], input: Value, run: Run): Value {
  let value = input
  for (let i = 0; i < chain.length; i++) {
    const link = chain[i]
    if (link === undefined) break
    run.step = i
    run.operation = link.name
    value = link.apply(value, run)
  }
  return run.madeArray ? withoutArrays(value, new Set()) : value
}

function linksOf(spec: Value): Link[] {
  if (!Array.isArray(spec)) throw new SpecError('', 'a chain is a list of operations')
  if (spec.length === 0) throw new SpecError('', 'a chain without operations')
  return spec.map((entry, i) => linkOf(entry, pointer('', i)))
}

function linkOf(entry: Value, path: string): Link {
  if (!isMap(entry)) throw new SpecError(path, 'an operation is a map')
  const operation = get(entry, 'operation') ?? null
  if (typeof operation !== 'string') throw new SpecError(pointer(path, 'operation'), 'an operation is named by text')
  if (isBlank(operation)) throw new SpecError(pointer(path, 'operation'), 'the operation has no name')
  const name = operationNamed(operation)
  if (name === undefined) throw new SpecError(pointer(path, 'operation'), `no operation is called ${operation.slice(0, 100)}`)
  const spec = get(entry, 'spec')
  if (spec === undefined && name !== 'sort') throw new SpecError(path, `${name} needs a spec`)
  const line = pointer(path, 'spec')
  return { name, apply: atLine(line, () => stepOf(name, spec ?? null, line)) }
}

/** Java's arrays as lists, for the way out; each container once, for they may be shared or hold themselves. */
function withoutArrays(value: Value, seen: Set<Value>): Value {
  if (value instanceof JavaArray) return withoutArrays(value.items, seen)
  if (typeof value !== 'object' || value === null || seen.has(value)) return value
  seen.add(value)
  if (Array.isArray(value))
    for (const [i, item] of value.entries()) {
      const list = withoutArrays(item, seen)
      if (list !== item) value[i] = list
    }
  else if (isMap(value)) {
    for (const key of keysOf(value)) {
      const item = get(value, key)
      const list = item === undefined ? item : withoutArrays(item, seen)
      if (list !== undefined && list !== item) value[key] = list
    }
  }
  return value
}

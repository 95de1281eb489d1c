import { isMap } from './json.ts'
import type { Value } from './json.ts'
import type { JoltFunction } from './function-shape.ts'
import { LIST_FUNCTIONS } from './functions-list.ts'
import { NUMBER_FUNCTIONS } from './functions-number.ts'
import { TEXT_FUNCTIONS } from './functions-text.ts'
import { keysOf } from './object.ts'

function size(args: readonly Value[]): Value | undefined {
  const [arg = null] = args
  if (args.length !== 1) return args.length === 0 ? undefined : args.length
  if (Array.isArray(arg) || typeof arg === 'string') return arg.length
  return isMap(arg) ? keysOf(arg).length : undefined
}

const PRESENCE: Record<string, JoltFunction> = {
  noop: () => undefined,
  isPresent: (args) => args[0],
  notNull: (args) => args[0] ?? undefined,
  isNull: (args) => (args[0] === null ? null : undefined),
  size,
}

/** The 39 functions of the modifiers, by name. */
export const FUNCTIONS: ReadonlyMap<string, JoltFunction> = new Map(
  Object.entries({ ...TEXT_FUNCTIONS, ...NUMBER_FUNCTIONS, ...LIST_FUNCTIONS, ...PRESENCE }),
)

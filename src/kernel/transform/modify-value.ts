import { elementOf } from './element.ts'
import { FUNCTIONS } from './functions.ts'
import type { JoltFunction } from './function-shape.ts'
import type { Value } from './json.ts'
import { splitCall } from './key-syntax.ts'
import { numberOf } from './number-text.ts'
import { copyOf } from './object.ts'
import { pathReader } from './path-reader.ts'
import type { Run } from './run.ts'
import { rooted } from './shift-writer.ts'
import { BadSpec, FatalError, TransformError } from './spec-error.ts'
import type { Walk } from './walk.ts'

/** The right side of a line: undefined where it has no answer. `value` is what stands at the key now. */
export type Evaluate = (value: Value | undefined, walk: Walk, run: Run) => Value | undefined
type Argument = (walk: Walk, run: Run) => Value | undefined

/** Compiles one right side: a literal, `@(n,path)`, `^context.path`, `=function` or `=function(arguments)`. */
export function evaluatorOf(right: Value): Evaluate {
  if (typeof right !== 'string') return swallowing(evaluateArgument(literal(right)))
  if (!right.startsWith('=')) return swallowing(evaluateArgument(argumentOf(right, false)))
  if (!right.includes('(') && !right.endsWith(')')) {
    const called = FUNCTIONS.get(right.slice(1))
    return called === undefined ? () => undefined : swallowing((value, _, run) => called(value === undefined ? [] : [value], run))
  }
  const [name = '', ...texts] = splitCall(right.slice(1))
  const args = texts.map((text) => argumentOf(text, true))
  const [first] = args
  if (first === undefined) throw new BadSpec(`bad function call ${right}`)
  const called = FUNCTIONS.get(name)
  // A function that does not exist answers its first argument.
  if (called === undefined) return swallowing(evaluateArgument(first))
  return swallowing(
    args.length === 1
      ? callWithOne(called, first)
      : (_, walk, run) =>
          called(
            args.map((arg) => arg(walk, run) ?? null),
            run,
          ),
  )
}

function evaluateArgument(arg: Argument): Evaluate {
  return (_, walk, run) => arg(walk, run)
}

function callWithOne(called: JoltFunction, arg: Argument): Evaluate {
  return (_, walk, run) => {
    const value = arg(walk, run)
    return called(value === undefined ? [] : [value], run)
  }
}

/** Whatever fails on the right side counts as no answer. */
function swallowing(evaluate: Evaluate): Evaluate {
  return (value, walk, run) => {
    try {
      return evaluate(value, walk, run)
    } catch (error) {
      if (error instanceof TransformError && !(error instanceof FatalError)) return undefined
      throw error
    }
  }
}

function argumentOf(text: string, inCall: boolean): Argument {
  if (text.startsWith('^')) {
    const reader = pathReader(rooted(text.slice(1)), elementOf)
    return (walk, run) => reader.read({ root: run.context }, walk)
  }
  if (text.startsWith('@')) {
    const transpose = pathReader(rooted(text), elementOf).last?.transpose
    if (transpose === undefined) throw new BadSpec(`${text} does not end with its @`)
    return (walk) => transpose.value(walk)
  }
  return literal(inCall ? literalOf(text) : text)
}

function literal(value: Value): Argument {
  if (typeof value !== 'object' || value === null) return () => value
  return (_, run) => run.literal(value, (original) => copyOf(original))
}

/** Arguments of a call: quoted text, true and false, numbers; nothing at all is null, anything else text. */
function literalOf(text: string): Value {
  if (text === '') return null
  if (text.startsWith("'") && text.endsWith("'")) {
    if (text.length === 1) throw new BadSpec('a quote that is not closed')
    return text.slice(1, -1)
  }
  const upper = text.toUpperCase()
  if (upper === 'TRUE' || upper === 'FALSE') return upper === 'TRUE'
  return numberOf(text) ?? text
}

import { compileCardinality } from './cardinality.ts'
import { compileDefault } from './default.ts'
import type { Value } from './json.ts'
import { MAX_DEPTH } from './limits.ts'
import { compileModify } from './modify.ts'
import { compileRemove } from './remove.ts'
import type { Run } from './run.ts'
import { compileShift } from './shift.ts'
import { sorted } from './sort.ts'

export type OperationName =
  | 'shift'
  | 'default'
  | 'remove'
  | 'sort'
  | 'cardinality'
  | 'modify-overwrite-beta'
  | 'modify-default-beta'
  | 'modify-define-beta'

/** One step of a chain: its output, which may be its input, changed, if that is the run's own. */
export type Step = (input: Value, run: Run) => Value

const CLASS_NAMES: Record<string, OperationName> = {
  Shiftr: 'shift',
  Defaultr: 'default',
  Removr: 'remove',
  Sortr: 'sort',
  CardinalityTransform: 'cardinality',
  Modifier$Overwritr: 'modify-overwrite-beta',
  Modifier$Defaultr: 'modify-default-beta',
  Modifier$Definr: 'modify-define-beta',
}
const PACKAGE = 'com.bazaarvoice.jolt.'
const NAMES: ReadonlySet<string> = new Set(Object.values(CLASS_NAMES))

/** The operation a chain names, by its short name or by Jolt's class; undefined for anything else. */
export function operationNamed(name: string): OperationName | undefined {
  if (NAMES.has(name)) return name as OperationName
  const simple = name.startsWith(PACKAGE) ? name.slice(PACKAGE.length) : ''
  return Object.hasOwn(CLASS_NAMES, simple) ? CLASS_NAMES[simple] : undefined
}

/** Compiles one step; throws SpecError or BadSpec. */
export function stepOf(name: OperationName, spec: Value, path: string): Step {
  switch (name) {
    case 'shift': {
      const shift = compileShift(spec, path)
      return (input, run) => shift(input, run) ?? null
    }
    case 'default':
      return compileDefault(spec, path)
    case 'remove':
      return compileRemove(spec, path)
    case 'sort':
      return (input, run) => sorted(input, run, MAX_DEPTH)
    case 'cardinality':
      return compileCardinality(spec, path)
    case 'modify-overwrite-beta':
      return compileModify(spec, 'overwrite', path)
    case 'modify-default-beta':
      return compileModify(spec, 'default', path)
    case 'modify-define-beta':
      return compileModify(spec, 'define', path)
  }
}

import { isDate, readInteger } from '#kernel/predicate'
import { PolicyError } from './policy-error.ts'
import type { HitPolicy, Outcome, OutcomeValue, OutputKind } from './table.ts'

type Columns = { readonly hit: HitPolicy; readonly outputs: { readonly [output: string]: OutputKind } }

/** The outcome of a row in settled form: money as bigint, ints as safe numbers, every output there. */
export function outcomeOf(table: Columns, given: Outcome, row: string): Outcome {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(table.outputs, name)) throw new PolicyError('not an outcome of the table', { row, column: name })
  const settled = Object.entries(table.outputs).map(([name, kind]): [string, OutcomeValue] => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined
    if (value === undefined) throw new PolicyError('the outcome is missing', { row, column: name })
    if (table.hit === 'sum' && kind !== 'int' && kind !== 'money')
      throw new PolicyError('only int and money can be summed', { row, column: name })
    if (kind === 'bool' && (table.hit === 'min' || table.hit === 'max'))
      throw new PolicyError('true and false have no order', { row, column: name })
    const read = readOutcome(value, kind)
    if (read === null) throw new PolicyError(`${String(value)} is no ${kind}`, { row, column: name })
    return [name, read]
  })
  return Object.freeze(Object.fromEntries(settled))
}

function readOutcome(value: OutcomeValue, kind: OutputKind): OutcomeValue | null {
  switch (kind) {
    case 'string':
      return typeof value === 'string' ? value : null
    case 'bool':
      return typeof value === 'boolean' ? value : null
    case 'date':
      return typeof value === 'string' && isDate(value) ? value : null
    case 'int': {
      const integer = readInteger(value)
      return typeof integer === 'number' ? integer : null
    }
    case 'money': {
      const integer = readInteger(value)
      return integer === null ? null : BigInt(integer)
    }
  }
}

/** The sum, least or greatest of each output over the rows that hold; exact, null where no row holds. */
export function aggregate(hit: 'sum' | 'min' | 'max', outcomes: readonly Outcome[]): Outcome | null {
  const [first, ...rest] = outcomes
  if (first === undefined) return null
  const pick = (a: OutcomeValue, b: OutcomeValue): OutcomeValue => {
    if (hit === 'sum') return added(a, b)
    return a < b === (hit === 'min') ? a : b
  }
  return Object.fromEntries(
    Object.entries(first).map(([name, value]) => [name, rest.reduce((sum, each) => pick(sum, each[name] as OutcomeValue), value)]),
  )
}

// An int sum beyond 2^53 goes on as a bigint rather than lose a unit.
function added(a: OutcomeValue, b: OutcomeValue): OutcomeValue {
  const sum = BigInt(a) + BigInt(b)
  if (typeof a === 'bigint' && typeof b === 'bigint') return sum
  const number = Number(sum)
  return Number.isSafeInteger(number) ? number : sum
}

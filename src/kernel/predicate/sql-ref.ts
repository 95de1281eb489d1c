import { timestampOfMicroseconds } from './civil.ts'
import type { Type } from './fields.ts'
import { limits } from './limits.ts'
import type { Constant, ConstantNode, RefNode } from './node.ts'

/** What is known while a condition is printed: the table, the values so far, and how each variable is reached. */
export type SqlScope = {
  readonly alias: string
  /** What the names of our own begin with. */
  readonly letter: string
  readonly values: unknown[]
  readonly variables: ReadonlyMap<number, { readonly sql: string; readonly isJson: boolean }>
}

type List = {
  /** The list, or null where there is none. */
  readonly list: string
  readonly size: string
  readonly isJson: boolean
  readonly from: (name: string) => string
  /** The element as a scalar of its type. */
  readonly element: (name: string) => string
}

/**
 * A field as SQL. A scalar of the row is a column of its own type; a list of scalars is an array column; an object or a
 * list of objects is a jsonb column, whose values are read as the closure reads a row: of another shape means null.
 */
export function refSql(node: RefNode, scope: SqlScope): string {
  const place = placeOf(node, scope)
  if (node.type.kind === 'object') return `(case jsonb_typeof(${place.sql}) when 'object' then ${place.sql} end)`
  return place.isJson ? jsonScalar(place.sql, node.type) : place.sql
}

/** A list as SQL, native array or jsonb. */
export function listOf(node: RefNode, scope: SqlScope): List {
  const place = placeOf(node, scope)
  const of: Type = node.type.kind === 'list' ? node.type.of : { kind: 'null' }
  if (!place.isJson && of.kind !== 'object')
    return {
      list: place.sql,
      size: `cardinality(${place.sql})`,
      isJson: false,
      from: (name) => `unnest(${place.sql}) as ${name}(value)`,
      element: (name) => `${name}.value`,
    }
  const list = `(case jsonb_typeof(${place.sql}) when 'array' then ${place.sql} end)`
  return {
    list,
    size: `jsonb_array_length(${list})`,
    isJson: true,
    from: (name) => `jsonb_array_elements(${list}) as ${name}(value)`,
    element: (name) => jsonScalar(`${name}.value`, of),
  }
}

function placeOf(node: RefNode, scope: SqlScope): { readonly sql: string; readonly isJson: boolean } {
  const [first, ...rest] = node.names
  const variable = scope.variables.get(node.root)
  if (variable === undefined) return { sql: `"${scope.alias}"."${first ?? ''}"${path(rest)}`, isJson: rest.length > 0 }
  return { sql: `${variable.sql}${path(node.names)}`, isJson: variable.isJson }
}

// Names come from the declared fields and are letters, digits and underscores; no text of the predicate gets here.
function path(names: readonly string[]): string {
  return names.map((name) => ` -> '${name}'`).join('')
}

function jsonScalar(json: string, type: Type): string {
  const text = `(${json} #>> '{}')`
  const whenText = (test: string, then: string): string => `(case when jsonb_typeof(${json}) = 'string' and ${test} then ${then} end)`
  switch (type.kind) {
    case 'bool':
      return `(case jsonb_typeof(${json}) when 'boolean' then (${json})::boolean end)`
    case 'int': {
      const digits = `case when ${text} ~ '^-?[0-9]{1,${limits.digits}}$' then ${text}::numeric end`
      const number = `(${json})::numeric`
      const whole = `case when trunc(${number}) = ${number} and abs(${number}) < 1e${limits.digits} then ${number} end`
      return `(case jsonb_typeof(${json}) when 'number' then ${whole} when 'string' then ${digits} end)`
    }
    case 'double':
      // A number beyond a double would end the statement with an error.
      return `(case when jsonb_typeof(${json}) = 'number' and pg_input_is_valid(${text}, 'float8') then ${text}::float8 end)`
    case 'date':
      return whenText(`${text} ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' and pg_input_is_valid(${text}, 'date')`, `${text}::date`)
    case 'timestamp':
      return whenText(`${text} ~ '${timestampRegex}' and pg_input_is_valid(${text}, 'timestamptz')`, `${text}::timestamptz`)
    case 'duration':
      return whenText(`${text} ~ '^-?[0-9]{1,12}([.][0-9]{1,6})?s$'`, `${text}::interval`)
    default:
      return `(case jsonb_typeof(${json}) when 'string' then ${text} end)`
  }
}

const timestampRegex =
  '^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])$'

const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n }

/** The SQL type of a constant; integers are bigint while they fit, so that an index on a bigint column serves. */
export function castOf(type: Type, value: Constant): string {
  switch (type.kind) {
    case 'int':
      return typeof value === 'bigint' && (value < int64.min || value > int64.max) ? 'numeric' : 'bigint'
    case 'double':
      return 'float8'
    case 'bool':
      return 'boolean'
    case 'date':
      return 'date'
    case 'timestamp':
      return 'timestamptz'
    case 'duration':
      return 'interval'
    default:
      return 'text'
  }
}

/** A constant as the driver sends it: numbers of doubles, text for all else. */
export function wireOf(node: ConstantNode): unknown {
  if (node.type.kind === 'double' || typeof node.value === 'string') return node.value
  if (node.type.kind === 'timestamp') return timestampOfMicroseconds(BigInt(node.value ?? 0))
  if (node.type.kind === 'duration') return secondsText(BigInt(node.value ?? 0))
  return String(node.value)
}

function secondsText(micros: bigint): string {
  const size = micros < 0n ? -micros : micros
  return `${micros < 0n ? '-' : ''}${size / 1_000_000n}.${String(size % 1_000_000n).padStart(6, '0')} seconds`
}

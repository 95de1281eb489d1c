import { Environment, ParseError, TypeError as CelTypeError, type ASTNode } from '@marcbachmann/cel-js'
import type { ObjectType, Type } from './fields.ts'
import { tooDeep } from './guard.ts'
import { limits } from './limits.ts'
import { PredicateError } from './predicate-error.ts'

const parserLimits = {
  maxAstNodes: limits.nodes,
  maxDepth: limits.depth + 10,
  maxListElements: limits.listElements,
  maxMapEntries: 1,
  maxCallArguments: 8,
}

const quantifiers = new Set(['exists', 'all', 'exists_one'])

/** The parser and checker of cel-js for one set of fields; its evaluator is never reached. */
export type Checker = {
  readonly environment: Environment
  /** Fields whose names cel-js keeps for itself (`type`, `int`), under the names it knows them by. */
  readonly renamed: ReadonlyMap<string, string>
}

// cel-js knows a type by a constructor; nothing is ever constructed.
class DateToken {
  readonly token = 'date'
}

/** Declares the fields to cel-js: money as int, enumerations as string, dates and objects as types of their own. */
export function checkerOf(fields: ObjectType): Checker {
  const environment = new Environment({ limits: parserLimits })
  environment.registerType('date', { ctor: DateToken, fields: {} })
  environment.registerFunction('date(string): date', () => new DateToken())
  for (const comparison of ['==', '<', '<=', '>', '>=']) environment.registerOperator(`date ${comparison} date`, () => true)
  environment.registerOperator('int == double', () => true)
  const declare = declarer(environment)
  const renamed = new Map<string, string>()
  for (const [name, type] of fields.fields) {
    const declared = declare(type)
    try {
      environment.registerVariable(name, declared)
    } catch {
      renamed.set(name, `field_${name}`)
      environment.registerVariable(`field_${name}`, declared)
    }
  }
  if (!fields.fields.has('row')) environment.registerVariable('row', declare(fields))
  return { environment, renamed }
}

const scalars = ['int', 'double', 'bool', 'string', 'date', 'google.protobuf.Timestamp', 'google.protobuf.Duration']

// `x == null` is legal for every type; cel-js has an overload of it for none.
function declarer(environment: Environment): (type: Type) => string {
  const seen = new Set<string>()
  const nullable = (name: string): string => {
    if (!seen.has(name)) environment.registerOperator(`${name} == null`, () => true)
    seen.add(name)
    return name
  }
  for (const scalar of scalars) nullable(scalar)
  const declare = (type: Type): string => {
    switch (type.kind) {
      case 'list':
        return nullable(`list<${declare(type.of)}>`)
      case 'object': {
        const schema = Object.fromEntries([...type.fields].map(([name, field]) => [name, declare(field)]))
        const name = `Object${seen.size}`
        environment.registerType(name, { fields: schema })
        return nullable(name)
      }
      case 'timestamp':
        return 'google.protobuf.Timestamp'
      case 'duration':
        return 'google.protobuf.Duration'
      default:
        return type.kind
    }
  }
  return declare
}

export type Parsed = {
  readonly ast: ASTNode
  /** The type check; it comes last, for it says less about what is wrong than elaboration does. */
  readonly check: () => void
}

/** Parses; every refusal, now and in the check, is a PredicateError at the place that cel-js names. */
export function parse(checker: Checker, text: string): Parsed {
  const parsed = refusing(text, () => checker.environment.parse(text))
  const check = (): void => {
    if (checker.renamed.size > 0) rename(parsed.ast, checker.renamed)
    const checked = parsed.check()
    if (!checked.valid) throw checked.error ?? new PredicateError('the predicate does not type-check', { text, at: 0 })
  }
  return { ast: parsed.ast, check: () => refusing(text, check) }
}

/** Runs a step over the text; whatever it throws becomes a PredicateError. */
export function refusing<Answer>(text: string, step: () => Answer): Answer {
  try {
    return step()
  } catch (error) {
    throw refusalOf(error, text)
  }
}

// cel-js resolves names while it checks, so the names it reserves are exchanged between parsing and checking.
function rename(node: ASTNode, names: ReadonlyMap<string, string>): void {
  if (node.op === 'id') {
    const known = names.get(node.args)
    if (known !== undefined) Object.assign(node, { args: known })
  } else if (node.op === 'rcall' && quantifiers.has(node.args[0]) && node.args[2][0]?.op === 'id') {
    const variable = node.args[2][0].args
    rename(node.args[1], names)
    const inner = new Map([...names].filter(([name]) => name !== variable))
    for (const argument of node.args[2].slice(1)) rename(argument, inner)
  } else for (const child of childrenOf(node)) rename(child, names)
}

function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
    case 'map':
      return []
    case '.':
    case '.?':
      return [node.args[0]]
    case 'call':
      return node.args[1]
    case 'rcall':
      return [node.args[1], ...node.args[2]]
    case '!_':
    case '-_':
      return [node.args]
    default:
      return node.args
  }
}

function refusalOf(error: unknown, text: string): unknown {
  if (error instanceof PredicateError) return error
  if (error instanceof RangeError) return tooDeep(text, 0)
  if (error instanceof ParseError || error instanceof CelTypeError) {
    const at = error.range?.start ?? 0
    return new PredicateError(error.summary, { text, at }, insteadOf(error.code, text, error.range))
  }
  return error
}

function insteadOf(code: string, text: string, range: { start: number; end: number } | undefined): string | undefined {
  if (range === undefined) return undefined
  const part = text.slice(range.start, range.end)
  if (code === 'invalid_macro_argument' && /^[A-Za-z_]\w*$/.test(part)) return `has(row.${part})`
  return code.startsWith('unexpected_') ? wordsOfSql(text, range.start) : undefined
}

const ofSql: readonly (readonly [RegExp, string])[] = [
  [/^(?:&|and\b)/i, '&&'],
  [/^(?:\||or\b)/i, '||'],
  [/^is\s+not\s+null\b/i, '!= null'],
  [/^is\s+null\b/i, '== null'],
  [/^like\b/i, '.contains("…")'],
]

// A habit from SQL is the usual slip; the parser stops at its first letter, or behind the < of <>.
function wordsOfSql(text: string, at: number): string | undefined {
  if (text.startsWith('=', at)) return '=='
  if (text.startsWith('<>', at - 1)) return '!='
  const rest = text.slice(at, at + 20)
  return ofSql.find(([pattern]) => pattern.test(rest))?.[1]
}

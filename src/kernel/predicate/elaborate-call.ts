import type { ASTNode } from '@marcbachmann/cel-js'
import { isDate, microsecondsOfDuration, microsecondsOfTimestamp, timestampOfMicroseconds } from './civil.ts'
import { boolean, constant, demand, integer, refuse, textOf, type Elaboration } from './elaboration.ts'
import type { Node, Quantified, RefNode, TextTest } from './node.ts'
import { parsePattern, PatternFault } from './pattern.ts'

type Call = Extract<ASTNode, { op: 'call' }>
type Method = Extract<ASTNode, { op: 'rcall' }>

// A row has 12 digits of seconds; a longer time is beyond PostgreSQL's intervals too.
const longest = 10n ** 18n

/** `has(a.b)`, `size(x)`, and the literals `date('…')`, `timestamp('…')`, `duration('…')`. */
export function elaborateCall(elaboration: Elaboration, ast: Call): Node {
  const [name, [argument]] = ast.args
  if (argument === undefined) throw refuse(elaboration, ast, `${name} needs an argument`)
  switch (name) {
    case 'has':
      return has(elaboration, ast, argument)
    case 'size':
      return size(elaboration, ast, elaboration.build(argument))
    case 'date':
    case 'timestamp':
    case 'duration':
      return timeLiteral(elaboration, ast, name)
    default:
      throw refuse(elaboration, ast, `${name}() is not part of predicates`)
  }
}

function has(elaboration: Elaboration, ast: Call, argument: ASTNode): Node {
  const part = elaboration.build(argument)
  if (part.op !== 'ref' || part.names.length === 0) throw refuse(elaboration, argument, 'has() asks for a field', 'has(row.field)')
  const span = { start: ast.start, end: ast.end, type: boolean }
  return { op: 'not', part: { op: 'isNull', part, ...span }, ...span }
}

function size(elaboration: Elaboration, ast: { start: number; end: number }, part: Node): Node {
  if (part.type.kind !== 'string' && part.type.kind !== 'list') throw refuse(elaboration, part, 'size() is of text or of a list')
  return { op: 'size', part, type: integer, start: ast.start, end: ast.end }
}

function timeLiteral(elaboration: Elaboration, ast: Call, name: 'date' | 'timestamp' | 'duration'): Node {
  const argument = elaboration.build(ast.args[1][0] as ASTNode)
  if (argument.op !== 'constant' || typeof argument.value !== 'string')
    throw refuse(elaboration, argument, `${name}() takes a literal`, `a ${name} field`)
  const text = argument.value
  switch (name) {
    case 'date':
      if (!isDate(text)) throw refuse(elaboration, argument, `${JSON.stringify(text)} is no day of the calendar`, "date('2026-01-31')")
      return constant(ast, { kind: 'date' }, text)
    case 'timestamp': {
      const micros = microsecondsOfTimestamp(text)
      if (micros === null || !isDate(timestampOfMicroseconds(micros).slice(0, 10)))
        throw refuse(elaboration, argument, `${JSON.stringify(text)} is no time with a zone`, "timestamp('2026-01-31T18:30:00Z')")
      return constant(ast, { kind: 'timestamp' }, micros)
    }
    case 'duration': {
      const micros = microsecondsOfDuration(text)
      if (micros === null || micros >= longest || micros <= -longest)
        throw refuse(elaboration, argument, `${JSON.stringify(text)} is no duration in whole microseconds`, "duration('1h30m')")
      return constant(ast, { kind: 'duration' }, micros)
    }
  }
}

const methods: ReadonlySet<string> = new Set(['startsWith', 'endsWith', 'contains', 'matches', 'exists', 'all', 'exists_one'])

/** Text functions, `size`, `matches`, and the quantifiers over lists. */
export function elaborateMethod(elaboration: Elaboration, ast: Method): Node {
  const [name, receiver, args] = ast.args
  const span = { start: ast.start, end: ast.end, type: boolean }
  if (args.length === 0 && methods.has(name)) throw refuse(elaboration, ast, `${name}() needs an argument`)
  switch (name) {
    case 'startsWith':
    case 'endsWith':
    case 'contains': {
      const left = demand(elaboration, elaboration.build(receiver), 'string')
      const right = demand(elaboration, elaboration.build(args[0] as ASTNode), 'string')
      return { op: 'text', how: name satisfies TextTest, left, right, ...span }
    }
    case 'size':
      return size(elaboration, ast, elaboration.build(receiver))
    case 'matches':
      return matches(elaboration, ast)
    case 'exists':
    case 'all':
    case 'exists_one':
      return quantifier(elaboration, ast, name)
    case 'filter':
    case 'map':
      throw refuse(elaboration, ast, `${name}() makes lists; a predicate asks about one`, `${textOf(elaboration, receiver)}.exists(x, …)`)
    default:
      throw refuse(elaboration, ast, `${name}() is not part of predicates`)
  }
}

function matches(elaboration: Elaboration, ast: Method): Node {
  const left = demand(elaboration, elaboration.build(ast.args[1]), 'string')
  const argument = ast.args[2][0] as ASTNode
  const pattern = elaboration.build(argument)
  if (pattern.op !== 'constant' || typeof pattern.value !== 'string')
    throw refuse(elaboration, argument, 'a pattern is a literal', `${textOf(elaboration, left)}.contains(…)`)
  try {
    return { op: 'matches', left, pattern: parsePattern(pattern.value), type: boolean, start: ast.start, end: ast.end }
  } catch (error) {
    if (!(error instanceof PatternFault)) throw error
    // An escape in the literal makes it longer than its value; then the column is that of the literal.
    const raw = elaboration.text.slice(argument.start, argument.end)
    const inside = raw.slice(1, -1) === pattern.value ? 1 + Array.from(pattern.value).slice(0, error.at).join('').length : 0
    throw refuse(elaboration, { start: argument.start + inside }, error.message, error.instead)
  }
}

function quantifier(elaboration: Elaboration, ast: Method, how: Quantified): Node {
  const [, receiver, args] = ast.args
  const list = elaboration.build(receiver)
  if (list.op !== 'ref' || list.type.kind !== 'list')
    throw refuse(
      elaboration,
      receiver,
      `${how}() goes over a list of the row`,
      receiver.op === 'list' ? 'x in [1, 2], or conditions joined by ||' : undefined,
    )
  const [name, body] = args
  if (name?.op !== 'id' || body === undefined || args.length !== 2) throw refuse(elaboration, ast, `${how}() takes a name and a condition`)
  const inner = elaboration.within(name.args, list.type.of, body)
  return {
    op: 'quantifier',
    how,
    list: list satisfies RefNode,
    variable: inner.variable,
    name: name.args,
    body: demand(elaboration, inner.body, 'bool'),
    type: boolean,
    start: ast.start,
    end: ast.end,
  }
}

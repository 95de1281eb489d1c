import type { ASTNode } from '@marcbachmann/cel-js'
import { elaborateCall, elaborateMethod } from './elaborate-call.ts'
import { elaborateArithmetic, elaborateComparison, elaborateIn, elaborateNegation } from './elaborate-operator.ts'
import { boolean, constant, demand, fold, integer, noField, nothing, refuse, type Elaboration, type Variable } from './elaboration.ts'
import { tooDeep } from './guard.ts'
import type { ObjectType, Type } from './fields.ts'
import { limits } from './limits.ts'
import type { Node, RefNode } from './node.ts'
import { isStorable, sizeOfText } from './text-order.ts'

/** Turns a syntax tree into the typed tree, or throws a PredicateError at the part that no back end can do. */
export function elaborate(text: string, ast: ASTNode, fields: ObjectType): Node {
  let variables = 0
  const enter = (scope: ReadonlyMap<string, Variable>, depth: number): Elaboration => {
    const elaboration: Elaboration = {
      text,
      build: (part) => {
        if (depth >= limits.depth) throw tooDeep(text, part.start)
        return fold(elaborateNode(enter(scope, depth + 1), part, { scope, fields }))
      },
      within: (name, type, part) => {
        const variable = ++variables
        const inner = new Map(scope).set(name, { number: variable, type })
        return { variable, body: enter(inner, depth).build(part) }
      },
    }
    return elaboration
  }
  const root = enter(new Map(), 0)
  return demand(root, root.build(ast), 'bool')
}

type Names = { readonly scope: ReadonlyMap<string, Variable>; readonly fields: ObjectType }

function elaborateNode(elaboration: Elaboration, ast: ASTNode, names: Names): Node {
  switch (ast.op) {
    case 'value':
      return literal(elaboration, ast)
    case 'id':
      return identifier(elaboration, ast, names)
    case '.':
      return access(elaboration, ast, names)
    case '&&':
    case '||':
      return logical(elaboration, ast)
    case '!_':
      return { op: 'not', part: demand(elaboration, elaboration.build(ast.args), 'bool'), type: boolean, start: ast.start, end: ast.end }
    case '-_':
      return elaborateNegation(elaboration, ast)
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return elaborateComparison(elaboration, ast)
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return elaborateArithmetic(elaboration, ast)
    case 'in':
      return elaborateIn(elaboration, ast)
    case '?:':
      return conditional(elaboration, ast)
    case 'call':
      return elaborateCall(elaboration, ast)
    case 'rcall':
      return elaborateMethod(elaboration, ast)
    case '[]':
      throw refuse(elaboration, ast, 'an element by its position has no index to find it by', 'exists(x, …) or "value" in list')
    case 'list':
      throw refuse(elaboration, ast, 'a list stands only to the right of in', 'field in [1, 2]')
    default:
      throw refuse(elaboration, ast, 'maps and optional fields are not part of predicates')
  }
}

function literal(elaboration: Elaboration, ast: Extract<ASTNode, { op: 'value' }>): Node {
  const value = ast.args
  if (value === null) return constant(ast, nothing, null)
  switch (typeof value) {
    case 'boolean':
      return constant(ast, boolean, value)
    case 'bigint':
      if (String(value).length > limits.digits) throw refuse(elaboration, ast, `an integer has at most ${limits.digits} digits`)
      return constant(ast, integer, value)
    case 'number':
      return constant(ast, { kind: 'double' }, value)
    case 'string':
      if (!isStorable(value)) throw refuse(elaboration, ast, 'text with a NUL or half a surrogate pair is in no database')
      if (sizeOfText(value) > limits.literal) throw refuse(elaboration, ast, `a text literal has at most ${limits.literal} characters`)
      return constant(ast, { kind: 'string' }, value)
    default:
      throw refuse(elaboration, ast, 'unsigned integers and bytes are not part of predicates', 'a plain integer or text')
  }
}

function identifier(elaboration: Elaboration, ast: Extract<ASTNode, { op: 'id' }>, names: Names): Node {
  const variable = names.scope.get(ast.args)
  if (variable !== undefined) return ref(ast, variable.number, [], variable.type)
  const name = ast.args
  const field = names.fields.fields.get(name)
  if (field !== undefined) return ref(ast, 0, [name], field)
  if (name === 'row') return ref(ast, 0, [], names.fields)
  throw noField(elaboration, ast, { name, known: [...names.scope.keys(), ...names.fields.fields.keys()] })
}

function access(elaboration: Elaboration, ast: Extract<ASTNode, { op: '.' }>, names: Names): Node {
  const [left, name] = ast.args
  const base = left.op === 'id' ? identifier(elaboration, left, names) : elaboration.build(left)
  if (base.op !== 'ref' || base.type.kind !== 'object')
    throw refuse(elaboration, ast, `${elaboration.text.slice(left.start, left.end)} has no fields`)
  const type = base.type.fields.get(name)
  if (type === undefined) throw noField(elaboration, { start: ast.pos }, { name, known: [...base.type.fields.keys()] })
  return ref(ast, base.root, [...base.names, name], type)
}

function ref(span: { readonly start: number; readonly end: number }, root: number, names: readonly string[], type: Type): RefNode {
  return { op: 'ref', root, names, type, start: span.start, end: span.end }
}

// The parser nests a chain of && to the left; flat, a thousand conditions are one level deep.
function logical(elaboration: Elaboration, ast: Extract<ASTNode, { op: '&&' | '||' }>): Node {
  const operands: ASTNode[] = []
  let rest: ASTNode = ast
  while (rest.op === ast.op && (rest.op === '&&' || rest.op === '||')) {
    operands.push(rest.args[1])
    rest = rest.args[0]
  }
  operands.push(rest)
  const parts = operands.reverse().map((operand) => demand(elaboration, elaboration.build(operand), 'bool'))
  return { op: ast.op === '&&' ? 'and' : 'or', parts, type: boolean, start: ast.start, end: ast.end }
}

function conditional(elaboration: Elaboration, ast: Extract<ASTNode, { op: '?:' }>): Node {
  const test = demand(elaboration, elaboration.build(ast.args[0]), 'bool')
  const yes = elaboration.build(ast.args[1])
  const no = elaboration.build(ast.args[2])
  if (yes.type.kind === 'list' || yes.type.kind === 'object' || yes.type.kind === 'null')
    throw refuse(elaboration, yes, 'a condition chooses between scalars', 'the condition around each comparison')
  demand(elaboration, no, yes.type.kind)
  const type: Type = { kind: yes.type.kind }
  return { op: 'if', test, yes, no, type, start: ast.start, end: ast.end }
}

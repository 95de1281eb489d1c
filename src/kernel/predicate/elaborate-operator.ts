import type { ASTNode } from '@marcbachmann/cel-js'
import { boolean, constant, demand, integer, refuse, textOf, type Elaboration } from './elaboration.ts'
import { isDate } from './civil.ts'
import { describe } from './fields.ts'
import type { Arithmetic, CompareNode, Comparison, ConstantNode, Node } from './node.ts'

type Binary = Extract<ASTNode, { op: Comparison | Arithmetic | 'in' }>

/** `==` and `<` of two scalars of one kind; `x == null` asks whether there is a value. */
export function elaborateComparison(elaboration: Elaboration, ast: Binary): Node {
  const how = ast.op as Comparison
  const left = elaboration.build(ast.args[0])
  const right = elaboration.build(ast.args[1])
  const span = { start: ast.start, end: ast.end, type: boolean }
  if (left.type.kind === 'null' || right.type.kind === 'null') {
    if (how !== '==' && how !== '!=') throw refuse(elaboration, ast, 'null has no order', '== null')
    const part = left.type.kind === 'null' ? right : left
    if (part.op === 'ref' && part.names.length === 0 && part.type.kind === 'object')
      throw refuse(elaboration, ast, 'an element of a list is never null itself; ask for one of its fields')
    const isNull: Node = { op: 'isNull', part, ...span }
    return how === '==' ? isNull : { op: 'not', part: isNull, ...span }
  }
  const sides = comparable(elaboration, { how, left, right, ast })
  // A literal stands on the right from here on: `30 <= dpd` is `dpd >= 30`.
  if (sides.left.op !== 'constant') return { op: 'compare', how, ...sides, ...span }
  return { op: 'compare', how: mirrored[how], left: sides.right, right: sides.left, ...span }
}

type Sides = { readonly how: Comparison; readonly left: Node; readonly right: Node; readonly ast: { readonly start: number } }

function comparable(elaboration: Elaboration, sides: Sides): Pick<CompareNode, 'left' | 'right'> {
  const { how, left, right, ast } = sides
  const ordered = how !== '==' && how !== '!='
  if (left.type.kind === 'list' || left.type.kind === 'object' || right.type.kind === 'list' || right.type.kind === 'object')
    throw refuse(elaboration, ast, 'lists and objects are not compared as a whole', '"value" in list, or list.exists(x, …)')
  if (left.type.kind === 'int' && right.type.kind === 'double') return { left, right: integerBound(elaboration, how, right) }
  if (left.type.kind === 'double' && right.type.kind === 'int') {
    if (left.op === 'constant') return { left: integerBound(elaboration, mirrored[how], left), right }
    return { left, right: exactDouble(elaboration, right) }
  }
  if (left.type.kind !== right.type.kind)
    throw refuse(elaboration, right, `${describe(left.type)} is not comparable with ${describe(right.type)}`, sameValue(left, right))
  if (ordered && left.type.kind === 'bool') throw refuse(elaboration, ast, 'true and false have no order', '== true')
  if (left.type.kind === 'string' && right.type.kind === 'string') {
    if (ordered && (left.type.values !== undefined || right.type.values !== undefined))
      throw refuse(
        elaboration,
        ast,
        'an enumeration has no order',
        `in [${(left.type.values ?? right.type.values ?? []).map((v) => JSON.stringify(v)).join(', ')}]`,
      )
    checkEnumeration(elaboration, left, right)
    checkEnumeration(elaboration, right, left)
  }
  return { left, right }
}

// Quotes too many or too few are the usual slip.
function sameValue(left: Node, right: Node): string | undefined {
  if (right.op !== 'constant') return undefined
  if (left.type.kind === 'int' && typeof right.value === 'string' && /^-?[0-9]+$/.test(right.value)) return right.value
  if (left.type.kind === 'string') return JSON.stringify(String(right.value))
  if (left.type.kind === 'date' && typeof right.value === 'string') return `date('${isDate(right.value) ? right.value : '2026-01-31'}')`
  return undefined
}

export const mirrored: Readonly<Record<Comparison, Comparison>> = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

// Between integers `n < 3.5` is `n < 4`: the bound moves to the next integer on the side that keeps the answer.
function integerBound(elaboration: Elaboration, how: Comparison, side: Node): ConstantNode {
  if (side.op !== 'constant' || typeof side.value !== 'number')
    throw refuse(elaboration, side, 'an int and a double field are not comparable exactly', 'fields of one kind')
  const up = how === '<' || how === '>='
  const whole = up ? Math.ceil(side.value) : Math.floor(side.value)
  if ((how === '==' || how === '!=') && whole !== side.value) throw refuse(elaboration, side, `no integer is ${side.value}`)
  return constant(side, integer, BigInt(whole))
}

function exactDouble(elaboration: Elaboration, side: Node): ConstantNode {
  if (side.op !== 'constant' || typeof side.value !== 'bigint')
    throw refuse(elaboration, side, 'an int and a double field are not comparable exactly', 'fields of one kind')
  if (BigInt(Number(side.value)) !== side.value)
    throw refuse(elaboration, side, `no double is exactly ${side.value}`, `${Number(side.value)}.0`)
  return constant(side, { kind: 'double' }, Number(side.value))
}

/** Refuses a literal that the enumeration on the other side does not have: it is a typing slip that would never match. */
export function checkEnumeration(elaboration: Elaboration, field: Node, other: Node): void {
  if (field.type.kind !== 'string' || field.type.values === undefined) return
  if (other.op !== 'constant' || typeof other.value !== 'string' || field.type.values.includes(other.value)) return
  const values = field.type.values.map((value) => JSON.stringify(value))
  throw refuse(elaboration, other, `${textOf(elaboration, field)} never is ${JSON.stringify(other.value)}`, nearest(other.value, values))
}

function nearest(value: string, quoted: readonly string[]): string {
  const folded = value.toLowerCase()
  return quoted.find((each) => each.toLowerCase() === `"${folded}"`) ?? quoted.slice(0, 20).join(' or ')
}

/** `x in [..]` and `x in list`: true where one element equals x, unknown where none does and one is unknown. */
export function elaborateIn(elaboration: Elaboration, ast: Binary): Node {
  const left = elaboration.build(ast.args[0])
  const span = { start: ast.start, end: ast.end, type: boolean }
  if (ast.args[1].op !== 'list') {
    const list = elaboration.build(ast.args[1])
    if (list.op !== 'ref' || list.type.kind !== 'list') throw refuse(elaboration, list, 'in needs a list on its right')
    if (list.type.of.kind === 'object')
      throw refuse(elaboration, ast, 'objects are not compared as a whole', `${textOf(elaboration, list)}.exists(x, …)`)
    demand(elaboration, left, list.type.of.kind)
    checkEnumeration(elaboration, { ...list, type: list.type.of }, left)
    return { op: 'member', left, list, ...span }
  }
  const items = ast.args[1].args.map((item) => elaboration.build(item))
  const pairs = items.map((item) => {
    if (item.type.kind === 'null') throw refuse(elaboration, item, 'nothing equals null', `${textOf(elaboration, left)} == null`)
    return comparable(elaboration, { how: '==', left, right: item, ast: item })
  })
  const constants = pairs.map((pair) => pair.right).filter((item) => item.op === 'constant' && item.value !== null)
  if (constants.length === items.length) return { op: 'in', left, items: constants as ConstantNode[], ...span }
  return { op: 'or', parts: pairs.map((pair, index) => ({ op: 'compare', how: '==', ...pair, ...spanOf(items[index] as Node) })), ...span }
}

function spanOf(node: Node): { start: number; end: number; type: typeof boolean } {
  return { start: node.start, end: node.end, type: boolean }
}

/** Integers of any size, division towards zero; `+` of text joins it. */
export function elaborateArithmetic(elaboration: Elaboration, ast: Binary): Node {
  const how = ast.op as Arithmetic
  const left = elaboration.build(ast.args[0])
  const right = elaboration.build(ast.args[1])
  const span = { start: ast.start, end: ast.end }
  if (how === '+' && left.type.kind === 'string' && right.type.kind === 'string')
    return { op: 'concat', left, right, type: { kind: 'string' }, ...span }
  for (const side of [left, right]) {
    if (side.type.kind === 'int') continue
    const isDouble = side.type.kind === 'double'
    throw refuse(
      elaboration,
      side,
      `arithmetic is on integers and money, not on ${describe(side.type)}`,
      isDouble ? 'whole units (paise, basis points) in an int field' : 'a comparison, or a field that holds the result',
    )
  }
  return { op: 'arithmetic', how, left, right, type: integer, ...span }
}

/** Unary minus; a literal keeps its kind. */
export function elaborateNegation(elaboration: Elaboration, ast: Extract<ASTNode, { op: '-_' }>): Node {
  const part = elaboration.build(ast.args)
  if (part.op === 'constant' && part.type.kind === 'double') return constant(ast, part.type, -(part.value as number))
  return { op: 'negate', part: demand(elaboration, part, 'int'), type: integer, start: ast.start, end: ast.end }
}

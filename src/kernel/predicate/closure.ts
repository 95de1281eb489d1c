import { RE2JS } from 're2js'
import { comparerOf } from './closure-compare.ts'
import { compute, readInteger, type Integer } from './integer.ts'
import type { Constant, IfNode, InNode, MatchesNode, MemberNode, Node, QuantifierNode, RefNode, TextNode } from './node.ts'
import { re2Text } from './pattern-text.ts'
import { readerOf, valueAt } from './row-value.ts'
import { sizeOfText } from './text-order.ts'

/** The value of a node for a row; null is unknown. */
export type Closure = (row: unknown) => Constant

/**
 * Compiles a node to nested functions, without generated source. Variables of quantifiers live in `frame`, by number:
 * a closure runs to its end before the next row, so one frame serves all rows.
 */
export function closureOf(node: Node, frame: unknown[]): Closure {
  switch (node.op) {
    case 'constant': {
      const value = typeof node.value === 'bigint' ? readInteger(node.value) : node.value
      return () => value
    }
    case 'ref':
      return refClosure(node, frame)
    case 'and':
      return junction(node.parts, frame, false)
    case 'or':
      return junction(node.parts, frame, true)
    case 'not': {
      const part = closureOf(node.part, frame)
      return (row) => {
        const value = part(row)
        return value === null ? null : !value
      }
    }
    case 'isNull':
      return presence(node.part, frame)
    case 'compare':
      return comparerOf(node, closureOf(node.left, frame), closureOf(node.right, frame))
    case 'in':
      return inClosure(node, frame)
    case 'member':
      return memberClosure(node, frame)
    case 'text':
      return textClosure(node, frame)
    case 'matches':
      return matchesClosure(node, frame)
    case 'quantifier':
      return quantifierClosure(node, frame)
    case 'if':
      return ifClosure(node, frame)
    default:
      return operation(node, frame)
  }
}

function operation(node: Extract<Node, { op: 'negate' | 'size' | 'arithmetic' | 'concat' }>, frame: unknown[]): Closure {
  switch (node.op) {
    case 'negate': {
      const part = closureOf(node.part, frame)
      return (row) => {
        const value = part(row)
        return value === null ? null : compute('-', 0, value as Integer)
      }
    }
    case 'size':
      return sizeClosure(node.part, frame)
    case 'arithmetic': {
      const { how } = node
      return both(node.left, node.right, frame, (a, b) => compute(how, a as Integer, b as Integer))
    }
    case 'concat':
      return both(node.left, node.right, frame, (a, b) => `${a as string}${b as string}`)
  }
}

function both(left: Node, right: Node, frame: unknown[], how: (a: Constant, b: Constant) => Constant): Closure {
  const first = closureOf(left, frame)
  const second = closureOf(right, frame)
  return (row) => {
    const a = first(row)
    if (a === null) return null
    const b = second(row)
    return b === null ? null : how(a, b)
  }
}

function refClosure(node: RefNode, frame: unknown[]): Closure {
  const read = readerOf(node.type)
  const name = node.names[0]
  if (node.root === 0 && node.names.length === 1 && name !== undefined)
    return (row) => (row === null || typeof row !== 'object' ? null : read((row as Record<string, unknown>)[name]))
  const raw = rawOf(node, frame)
  return (row) => read(raw(row))
}

function rawOf(node: RefNode, frame: unknown[]): (row: unknown) => unknown {
  const { names, root } = node
  return root === 0 ? (row) => valueAt(row, names) : () => valueAt(frame[root], names)
}

// Or is true at the first true part and unknown if none is and one is unknown; and is its mirror image.
function junction(parts: readonly Node[], frame: unknown[], decisive: boolean): Closure {
  const closures = parts.map((part) => closureOf(part, frame))
  const [first, second] = closures
  if (closures.length === 2 && first !== undefined && second !== undefined)
    return (row) => {
      const a = first(row)
      if (a === decisive) return decisive
      const b = second(row)
      if (b === decisive) return decisive
      return a === null || b === null ? null : !decisive
    }
  return (row) => {
    let known = true
    for (const closure of closures) {
      const value = closure(row)
      if (value === decisive) return decisive
      if (value === null) known = false
    }
    return known ? !decisive : null
  }
}

function presence(part: Node, frame: unknown[]): Closure {
  if (part.op === 'ref' && part.type.kind === 'list') {
    const list = listOf(part, frame)
    return (row) => list(row) === null
  }
  if (part.op === 'ref' && part.type.kind === 'object') {
    const raw = rawOf(part, frame)
    return (row) => {
      const value = raw(row)
      return typeof value !== 'object' || value === null || Array.isArray(value)
    }
  }
  const closure = closureOf(part, frame)
  return (row) => closure(row) === null
}

function listOf(node: RefNode, frame: unknown[]): (row: unknown) => readonly unknown[] | null {
  const raw = rawOf(node, frame)
  return (row) => {
    const value = raw(row)
    return Array.isArray(value) ? value : null
  }
}

function sizeClosure(part: Node, frame: unknown[]): Closure {
  if (part.op === 'ref' && part.type.kind === 'list') {
    const list = listOf(part, frame)
    return (row) => list(row)?.length ?? null
  }
  const closure = closureOf(part, frame)
  return (row) => {
    const value = closure(row)
    return typeof value === 'string' ? sizeOfText(value) : null
  }
}

function inClosure(node: InNode, frame: unknown[]): Closure {
  const left = closureOf(node.left, frame)
  const items = new Set(node.items.map((item) => closureOf(item, frame)(null)))
  return (row) => {
    const value = left(row)
    return value === null ? null : items.has(value)
  }
}

function memberClosure(node: MemberNode, frame: unknown[]): Closure {
  const left = closureOf(node.left, frame)
  const list = listOf(node.list, frame)
  const read = readerOf(node.left.type)
  return (row) => {
    const value = left(row)
    const elements = list(row)
    if (value === null || elements === null) return null
    let known = true
    for (const element of elements) {
      const each = read(element)
      if (each === null) known = false
      else if (each === value) return true
    }
    return known ? false : null
  }
}

function textClosure(node: TextNode, frame: unknown[]): Closure {
  switch (node.how) {
    case 'startsWith':
      return both(node.left, node.right, frame, (a, b) => (a as string).startsWith(b as string))
    case 'endsWith':
      return both(node.left, node.right, frame, (a, b) => (a as string).endsWith(b as string))
    case 'contains':
      return both(node.left, node.right, frame, (a, b) => (a as string).includes(b as string))
  }
}

// RE2 runs in time linear in the text whatever the pattern.
function matchesClosure(node: MatchesNode, frame: unknown[]): Closure {
  const left = closureOf(node.left, frame)
  const pattern = RE2JS.compile(re2Text(node.pattern))
  return (row) => {
    const value = left(row)
    return value === null ? null : pattern.testExact(value as string)
  }
}

function quantifierClosure(node: QuantifierNode, frame: unknown[]): Closure {
  const list = listOf(node.list, frame)
  const body = closureOf(node.body, frame)
  const { variable } = node
  if (node.how === 'exists_one') return exactlyOne(list, body, { frame, variable })
  const decisive = node.how === 'exists'
  return (row) => {
    const elements = list(row)
    if (elements === null) return null
    let known = true
    for (const element of elements) {
      frame[variable] = element
      const value = body(row)
      if (value === decisive) return decisive
      if (value === null) known = false
    }
    return known ? !decisive : null
  }
}

// The or, over the elements, of "this one and none of the others": two true ones make it false, whatever is unknown.
function exactlyOne(list: (row: unknown) => readonly unknown[] | null, body: Closure, at: { frame: unknown[]; variable: number }): Closure {
  return (row) => {
    const elements = list(row)
    if (elements === null) return null
    let known = true
    let found = 0
    for (const element of elements) {
      at.frame[at.variable] = element
      const value = body(row)
      if (value === null) known = false
      else if (value === true && ++found === 2) return false
    }
    return known ? found === 1 : null
  }
}

function ifClosure(node: IfNode, frame: unknown[]): Closure {
  const test = closureOf(node.test, frame)
  const yes = closureOf(node.yes, frame)
  const no = closureOf(node.no, frame)
  return (row) => {
    const value = test(row)
    if (value === null) return null
    return value === true ? yes(row) : no(row)
  }
}

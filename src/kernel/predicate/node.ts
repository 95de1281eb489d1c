import type { Type } from './fields.ts'
import type { Pattern } from './pattern.ts'

/** A constant as the back ends see it: dates are ISO text, timestamps and durations whole microseconds. */
export type Constant = number | bigint | boolean | string | null

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>='
export type Arithmetic = '+' | '-' | '*' | '/' | '%'
export type TextTest = 'startsWith' | 'endsWith' | 'contains'
export type Quantified = 'exists' | 'all' | 'exists_one'

type Span = { readonly start: number; readonly end: number; readonly type: Type }

export type ConstantNode = Span & { readonly op: 'constant'; readonly value: Constant }
/** A field of the row (`root` 0) or of the variable numbered `root`; without names it is the variable itself. */
export type RefNode = Span & { readonly op: 'ref'; readonly root: number; readonly names: readonly string[] }
export type CompareNode = Span & { readonly op: 'compare'; readonly how: Comparison; readonly left: Node; readonly right: Node }
export type InNode = Span & { readonly op: 'in'; readonly left: Node; readonly items: readonly ConstantNode[] }
export type MemberNode = Span & { readonly op: 'member'; readonly left: Node; readonly list: RefNode }
export type TextNode = Span & { readonly op: 'text'; readonly how: TextTest; readonly left: Node; readonly right: Node }
export type MatchesNode = Span & { readonly op: 'matches'; readonly left: Node; readonly pattern: Pattern }
export type QuantifierNode = Span & {
  readonly op: 'quantifier'
  readonly how: Quantified
  readonly list: RefNode
  readonly variable: number
  readonly name: string
  readonly body: Node
}
export type IfNode = Span & { readonly op: 'if'; readonly test: Node; readonly yes: Node; readonly no: Node }
export type ArithmeticNode = Span & { readonly op: 'arithmetic'; readonly how: Arithmetic; readonly left: Node; readonly right: Node }

/** The typed tree that every back end compiles: types are settled, macros expanded, constants folded. */
export type Node =
  | ConstantNode
  | RefNode
  | CompareNode
  | InNode
  | MemberNode
  | TextNode
  | MatchesNode
  | QuantifierNode
  | IfNode
  | ArithmeticNode
  | (Span & { readonly op: 'and' | 'or'; readonly parts: readonly Node[] })
  | (Span & { readonly op: 'not' | 'isNull'; readonly part: Node })
  | (Span & { readonly op: 'negate'; readonly part: Node })
  | (Span & { readonly op: 'size'; readonly part: Node })
  | (Span & { readonly op: 'concat'; readonly left: Node; readonly right: Node })

/** The direct parts of a node, in the order of the text. */
export function partsOf(node: Node): readonly Node[] {
  switch (node.op) {
    case 'constant':
    case 'ref':
      return []
    case 'and':
    case 'or':
      return node.parts
    case 'not':
    case 'isNull':
    case 'negate':
    case 'size':
      return [node.part]
    case 'compare':
    case 'text':
    case 'arithmetic':
    case 'concat':
      return [node.left, node.right]
    case 'in':
      return [node.left, ...node.items]
    case 'member':
      return [node.left, node.list]
    case 'matches':
      return [node.left]
    case 'quantifier':
      return [node.list, node.body]
    case 'if':
      return [node.test, node.yes, node.no]
  }
}

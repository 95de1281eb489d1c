import { closureOf } from './closure.ts'
import { costOf } from './cost.ts'
import { elaborate } from './elaborate.ts'
import { checkerOf, parse, refusing, type Checker } from './environment.ts'
import { typeOfFields, type Fields, type ObjectType } from './fields.ts'
import { explain, type Explanation } from './explain.ts'
import { guardText } from './guard.ts'
import { limits } from './limits.ts'
import type { Node } from './node.ts'
import { PredicateError } from './predicate-error.ts'
import { sqlOf, type SqlCondition } from './sql.ts'
import type { Query } from './query.ts'
import { sizeOfTree } from './rewrite.ts'
import { searchOf } from './search.ts'
import { fieldsOf } from './touched.ts'

/** A row as an application holds it: integers and money as number, bigint or digits, dates as ISO text. */
export type Row = { readonly [field: string]: unknown }

/** A condition, compiled once to every form; the forms give the same answer. */
export type Predicate = {
  readonly text: string
  /** True, false, or null where what the row lacks leaves it unknown. Never throws for a row of any shape. */
  readonly test: (row: Row) => boolean | null
  /** A condition on the columns of `alias`, true in PostgreSQL exactly where `test` is true. */
  readonly sql: (alias: string) => SqlCondition
  /** A query for OpenSearch over documents made by `searchDocument`; a PredicateError where no query can say it. */
  readonly search: () => Query
  /** Which part came to what for a row, and why. */
  readonly explain: (row: Row) => Explanation
  /** The fields it reads, sorted; `contacts.verified` for a field of a list's elements. */
  readonly fields: readonly string[]
}

type Prepared = { readonly type: ObjectType; readonly checker: Checker }

// Declarations are made once and used for thousands of texts; building a checker costs ten times a parse.
const prepared = new WeakMap<Fields, Prepared>()

function prepare(fields: Fields): Prepared {
  const known = prepared.get(fields)
  if (known !== undefined) return known
  const type = typeOfFields(fields)
  const fresh = { type, checker: checkerOf(type) }
  prepared.set(fields, fresh)
  return fresh
}

/**
 * Compiles CEL text for rows of the declared fields. Throws a PredicateError, before anything runs, for text that does
 * not parse or type-check, or that would be too long, deep or dear. `fields` must not change afterwards.
 */
export function compile(text: string, fields: Fields): Predicate {
  const node = nodeOf(text, fields)
  const closure = closureOf(node, [])
  return {
    text,
    test: (row) => closure(row) as boolean | null,
    sql: (alias) => sqlOf(node, alias),
    search: () => searchOf(node, text),
    explain: (row) => explain(node, text, row),
    fields: fieldsOf(node),
  }
}

/** The typed tree of a text; the step that all forms share. */
export function nodeOf(text: string, fields: Fields): Node {
  guardText(text)
  const { type, checker } = prepare(fields)
  const parsed = parse(checker, text)
  const node = refusing(text, () => elaborate(text, parsed.ast, type))
  parsed.check()
  if (sizeOfTree(node, limits.treeNodes) > limits.treeNodes)
    throw new PredicateError(
      `too dear: more than ${limits.treeNodes} parts once each \`in\` over fields is written out`,
      { text, at: node.start },
      'fewer `in [..]` over fields inside each other',
    )
  const cost = costOf(node)
  if (cost > limits.steps)
    throw new PredicateError(
      `too dear: about ${cost} steps for a row, at most ${limits.steps}`,
      { text, at: dearest(node).start },
      'fewer quantifiers inside each other',
    )
  return node
}

// The place to point at is the innermost part that is too dear by itself.
function dearest(node: Node): Node {
  if (node.op === 'quantifier' && costOf(node.body) > limits.steps) return dearest(node.body)
  if (node.op === 'and' || node.op === 'or') return dearest(node.parts.reduce((a, b) => (costOf(b) > costOf(a) ? b : a)))
  return node.op === 'not' ? dearest(node.part) : node
}

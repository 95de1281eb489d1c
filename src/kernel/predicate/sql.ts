import type { ConstantNode, InNode, MemberNode, Node, QuantifierNode, TextNode } from './node.ts'
import { postgresText } from './pattern-text.ts'
import { castOf, listOf, refSql, wireOf, type SqlScope } from './sql-ref.ts'

/** A condition for PostgreSQL: `text` with `$1`, `$2`, … and the values that belong to them. */
export type SqlCondition = { readonly text: string; readonly values: unknown[] }

const aliasPattern = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/

/** Prints the condition for rows of `alias`; nothing of the predicate's values stands in the text. */
export function sqlOf(node: Node, alias: string): SqlCondition {
  if (!aliasPattern.test(alias)) throw new TypeError(`${JSON.stringify(alias)} is no alias of a table`)
  // Names of our own begin with another letter than the alias, so that they never hide the table.
  const letter = /^[eE]/.test(alias) ? 'x' : 'e'
  const scope: SqlScope = { alias, letter, values: [], variables: new Map() }
  const text = truth(node, scope)
  return { text, values: scope.values }
}

// Where only "true or not" matters, quantifiers become plain semi-joins, which the planner can use and stop early.
function truth(node: Node, scope: SqlScope): string {
  if (node.op === 'and' || node.op === 'or') return `(${node.parts.map((part) => truth(part, scope)).join(` ${node.op} `)})`
  if (node.op !== 'quantifier' || node.how !== 'exists') return value(node, scope)
  const element = bind(node, scope)
  return `exists (select 1 from ${element.from} where ${truth(node.body, element.scope)})`
}

// Three-valued: SQL's null is unknown, and its and, or, not, any and all are Kleene's.
function value(node: Node, scope: SqlScope): string {
  switch (node.op) {
    case 'constant':
      return constantSql(node, scope)
    case 'ref':
      return refSql(node, scope)
    case 'and':
    case 'or':
      return `(${node.parts.map((part) => value(part, scope)).join(` ${node.op} `)})`
    case 'not':
      return node.part.op === 'isNull' ? `(${presence(node.part.part, scope)} is not null)` : `(not ${value(node.part, scope)})`
    case 'isNull':
      return `(${presence(node.part, scope)} is null)`
    case 'compare':
      return compareSql(node, scope)
    case 'in':
      return inSql(node, scope)
    case 'member':
      return memberSql(node, scope)
    case 'text':
      return textSql(node, scope)
    case 'matches':
      return `(${byCodePoint(node.left, scope)} ~ ${parameter(postgresText(node.pattern), 'text', scope)})`
    case 'quantifier':
      return quantifierSql(node, scope)
    case 'if': {
      const test = value(node.test, scope)
      return `(case ${test} when true then ${exact(node.yes, scope)} when false then ${exact(node.no, scope)} end)`
    }
    default:
      return operation(node, scope)
  }
}

function operation(node: Extract<Node, { op: 'negate' | 'size' | 'arithmetic' | 'concat' }>, scope: SqlScope): string {
  switch (node.op) {
    case 'negate':
      return `(- ${exact(node.part, scope)})`
    case 'size':
      if (node.part.op === 'ref' && node.part.type.kind === 'list') return listOf(node.part, scope).size
      return `char_length(${value(node.part, scope)})`
    case 'concat':
      return `(${byCodePoint(node.left, scope)} || ${value(node.right, scope)})`
    case 'arithmetic': {
      const left = exact(node.left, scope)
      const right = exact(node.right, scope)
      if (node.how === '/') return `div(${left}, nullif(${right}, 0))`
      if (node.how === '%') return `mod(${left}, nullif(${right}, 0))`
      return `(${left} ${node.how} ${right})`
    }
  }
}

// Arithmetic in numeric neither overflows nor rounds, like the closure's integers.
function exact(node: Node, scope: SqlScope): string {
  if (node.type.kind === 'string' && node.op !== 'constant') return byCodePoint(node, scope)
  const text = value(node, scope)
  return node.type.kind === 'int' && node.op !== 'arithmetic' && node.op !== 'constant' ? `(${text})::numeric` : text
}

function presence(part: Node, scope: SqlScope): string {
  if (part.op !== 'ref') return value(part, scope)
  return part.type.kind === 'list' ? listOf(part, scope).list : refSql(part, scope)
}

function compareSql(node: Extract<Node, { op: 'compare' }>, scope: SqlScope): string {
  const how = node.how === '==' ? '=' : node.how === '!=' ? '<>' : node.how
  // Equality with a literal keeps the column's own collation, for an index on it serves then.
  const isPlain = (node.how === '==' || node.how === '!=') && node.right.op === 'constant'
  const left = node.left.type.kind === 'string' && !isPlain ? byCodePoint(node.left, scope) : value(node.left, scope)
  return `(${left} ${how} ${value(node.right, scope)})`
}

// Text is ordered by code point whatever the column's collation, and two columns of different collations meet in this one.
function byCodePoint(node: Node, scope: SqlScope): string {
  return `${value(node, scope)} collate "C"`
}

function constantSql(node: ConstantNode, scope: SqlScope): string {
  if (node.value === null) return `null::${castOf(node.type, null)}`
  if (typeof node.value === 'boolean') return String(node.value)
  return parameter(wireOf(node), castOf(node.type, node.value), scope)
}

function parameter(given: unknown, cast: string, scope: SqlScope): string {
  scope.values.push(given)
  return `$${scope.values.length}::${cast}`
}

function inSql(node: InNode, scope: SqlScope): string {
  const left = value(node.left, scope)
  if (node.items.length === 0) return `(case when ${left} is not null then false end)`
  const cast = node.items.some((item) => castOf(item.type, item.value) === 'numeric')
    ? 'numeric'
    : castOf(node.left.type, node.items[0]?.value ?? null)
  return `(${left} = any(${parameter(node.items.map(wireOf), `${cast}[]`, scope)}))`
}

function memberSql(node: MemberNode, scope: SqlScope): string {
  const list = listOf(node.list, scope)
  const element = `${scope.letter}${scope.variables.size + 1}m`
  const among = list.isJson ? `any(select ${list.element(element)} from ${list.from(element)})` : `any(${list.list})`
  const left = exact(node.left, scope)
  if (node.left.op === 'constant')
    return list.isJson ? `(case when ${list.list} is not null then ${left} = ${among} end)` : `(${left} = ${among})`
  if (node.left.op === 'ref') return `(case when ${list.list} is not null and ${left} is not null then ${left} = ${among} end)`
  // Anything larger is written once: written twice, conditions inside each other would double the text with every level.
  const own = `${scope.letter}v`
  const known = `${list.list} is not null and ${own}.value is not null`
  return `(select case when ${known} then ${own}.value = ${among} end from (select ${left} as value) ${own})`
}

function textSql(node: TextNode, scope: SqlScope): string {
  const left = byCodePoint(node.left, scope)
  switch (node.how) {
    case 'startsWith':
      return `starts_with(${left}, ${value(node.right, scope)})`
    case 'endsWith':
      return `starts_with(reverse(${left}), reverse(${value(node.right, scope)}))`
    case 'contains':
      return `(strpos(${left}, ${value(node.right, scope)}) > 0)`
  }
}

function bind(node: QuantifierNode, scope: SqlScope): { readonly from: string; readonly list: string; readonly scope: SqlScope } {
  const list = listOf(node.list, scope)
  const name = `${scope.letter}${node.variable}`
  const variables = new Map(scope.variables).set(node.variable, { sql: `${name}.value`, isJson: list.isJson })
  return { from: list.from(name), list: list.list, scope: { ...scope, variables } }
}

// `true = any (select p …)` is the or of all p, unknowns included; two trues decide exists_one before an unknown does.
function quantifierSql(node: QuantifierNode, scope: SqlScope): string {
  const element = bind(node, scope)
  const body = value(node.body, element.scope)
  const each = `select ${body} as p from ${element.from}`
  if (node.how !== 'exists_one') {
    const among = node.how === 'exists' ? 'any' : 'all'
    return `(case when ${element.list} is not null then true = ${among} (${each}) end)`
  }
  const one = `case when count(*) filter (where o.p) > 1 then false when bool_or(o.p is null) then null else count(*) filter (where o.p) = 1 end`
  return `(case when ${element.list} is not null then (select ${one} from (${each}) o) end)`
}

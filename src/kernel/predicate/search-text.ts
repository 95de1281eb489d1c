import type { MatchesNode, RefNode, TextNode } from './node.ts'
import { luceneText } from './pattern-text.ts'
import { allOf, exists, matchNone, noneOf, type Query } from './query.ts'
import { fieldOf, unsearchable, type SearchScope } from './search-field.ts'

/** Text functions on a field; all others are refused. */
export function textQuery(node: TextNode | MatchesNode, wanted: boolean, scope: SearchScope): Query {
  if (node.left.op !== 'ref') throw unsearchable(scope, node.left, 'a text function of something that is no field', 'field.contains("…")')
  const field = fieldOf(node.left, scope)
  const query = positiveText(node, node.left, scope)
  if (query === null) return matchNone
  return wanted ? query : allOf([exists(field), noneOf(query)])
}

/** Where the text function is true of some value of the field; null for an unknown argument. */
export function positiveText(node: TextNode | MatchesNode, left: RefNode, scope: SearchScope): Query | null {
  const field = fieldOf(left, scope)
  if (node.op === 'matches') return { regexp: { [field]: { value: luceneText(node.pattern), flags: 'NONE' } } }
  if (node.right.op !== 'constant') throw unsearchable(scope, node.right, 'a text function with a second field', 'a literal')
  const value = node.right.value
  if (typeof value !== 'string') return null
  if (value === '') return exists(field)
  switch (node.how) {
    case 'startsWith':
      return { prefix: { [field]: { value } } }
    case 'endsWith':
      return { wildcard: { [field]: { value: `*${literal(value)}` } } }
    case 'contains':
      return { wildcard: { [field]: { value: `*${literal(value)}*` } } }
  }
}

// The only characters that mean something in a wildcard query.
function literal(text: string): string {
  return text.replaceAll(/[\\*?]/g, (char) => `\\${char}`)
}

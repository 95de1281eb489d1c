/** A query of OpenSearch's DSL, ready for JSON. */
export type Query = { readonly [name: string]: unknown }

export const matchAll: Query = { match_all: {} }
export const matchNone: Query = { match_none: {} }

const isAll = (query: Query): boolean => 'match_all' in query
const isNone = (query: Query): boolean => 'match_none' in query

/** Documents that match every query; without scoring, so that the engine may cache each. */
export function allOf(queries: readonly Query[]): Query {
  if (queries.some(isNone)) return matchNone
  const kept = queries.filter((query) => !isAll(query))
  if (kept.length <= 1) return kept[0] ?? matchAll
  return { bool: { filter: kept } }
}

/** Documents that match at least one query. */
export function anyOf(queries: readonly Query[]): Query {
  if (queries.some(isAll)) return matchAll
  const kept = queries.filter((query) => !isNone(query))
  if (kept.length <= 1) return kept[0] ?? matchNone
  return { bool: { should: kept, minimum_should_match: 1 } }
}

/** Documents that do not match. */
export function noneOf(query: Query): Query {
  if (isAll(query)) return matchNone
  return isNone(query) ? matchAll : { bool: { must_not: [query] } }
}

export function exists(field: string): Query {
  return { exists: { field } }
}

/** Matches where some nested document of `path` does. */
export function nested(path: string, query: Query): Query {
  return isNone(query) ? matchNone : { nested: { path, query } }
}

/** Matches where two or more nested documents do: each adds a score of one, and the sum must reach two. */
export function nestedTwice(path: string, query: Query): Query {
  if (isNone(query)) return matchNone
  const counted = { nested: { path, score_mode: 'sum', query: { constant_score: { filter: query, boost: 1 } } } }
  return { function_score: { query: counted, min_score: 2 } }
}

/** What a predicate may cost. Every limit is checked before anything is evaluated or sent to an engine. */
export const limits = {
  /** Characters (UTF-16 units) of text. */
  text: 20_000,
  /** Brackets inside brackets, and operators inside operators once chains of && and || are flattened. */
  depth: 40,
  /** `!` and `-` in a row: the parser recurses on each. */
  prefixRun: 16,
  /** Nodes of the syntax tree, list elements included. */
  nodes: 4_000,
  /** Nodes of the typed tree, where `x in [a, b]` over fields stands as a comparison with each: x once for every one of them. */
  treeNodes: 20_000,
  /** Parts that a search query may be put together from: a choice asks each of its cases anew. */
  searchParts: 50_000,
  /** Elements of a literal list. */
  listElements: 1_000,
  /** Elements a list of a row is taken to have when the cost is estimated. */
  assumedListLength: 100,
  /** Estimated steps for one row: two quantifiers inside each other pass, three do not. */
  steps: 1_000_000,
  /** Characters of a regular expression, and states of its automaton once repetitions are written out. */
  pattern: 250,
  patternStates: 1_000,
  /** Digits of an integer in a row or literal. */
  digits: 40,
  /** Code points of a text literal. */
  literal: 2_000,
  /** Nesting and number of field declarations. */
  fieldDepth: 8,
  fieldCount: 2_000,
} as const

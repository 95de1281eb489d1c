import type { CharSet, Pattern, Piece } from './pattern.ts'

type Dialect = {
  readonly char: (code: number) => string
  readonly open: string
  readonly anything: string
}

const alphanumeric = (code: number): boolean => (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122)

const re2: Dialect = {
  char: (code) => (alphanumeric(code) ? String.fromCharCode(code) : `\\x{${code.toString(16)}}`),
  open: '(?:',
  anything: '(?s:.)*',
}
// PostgreSQL's advanced regular expressions: \UXXXXXXXX is a code point, inside brackets too.
const postgres: Dialect = {
  char: (code) => (alphanumeric(code) ? String.fromCharCode(code) : `\\U${code.toString(16).padStart(8, '0')}`),
  open: '(?:',
  anything: '',
}
// Lucene: every ASCII character that is neither letter nor digit may be escaped by a backslash, others stand for themselves.
const lucene: Dialect = {
  char: (code) => (code < 128 && code > 32 && !alphanumeric(code) ? `\\${String.fromCharCode(code)}` : String.fromCodePoint(code)),
  open: '(',
  anything: '(.|\n)*',
}

/** The pattern for RE2, to be matched against the whole text. */
export function re2Text(pattern: Pattern): string {
  return print(pattern.root, re2) + (pattern.open ? re2.anything : '')
}

/** The pattern for PostgreSQL's `~`, anchored. */
export function postgresText(pattern: Pattern): string {
  return `^${print(pattern.root, postgres)}${pattern.open ? '' : '$'}`
}

/** The pattern for Lucene's regexp query, which always matches the whole term. */
export function luceneText(pattern: Pattern): string {
  return print(pattern.root, lucene) + (pattern.open ? lucene.anything : '')
}

function print(piece: Piece, dialect: Dialect): string {
  switch (piece.part) {
    case 'set':
      return printSet(piece, dialect)
    case 'sequence':
      return piece.pieces.map((part) => (part.part === 'choice' ? group(part, dialect) : print(part, dialect))).join('')
    case 'choice':
      return piece.pieces.map((part) => print(part, dialect)).join('|')
    case 'repeat':
      return (piece.piece.part === 'set' ? print(piece.piece, dialect) : group(piece.piece, dialect)) + bounds(piece.min, piece.max)
  }
}

function group(piece: Piece, dialect: Dialect): string {
  return `${dialect.open}${print(piece, dialect)})`
}

function bounds(min: number, max: number | null): string {
  if (max === null) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`
  if (min === 0 && max === 1) return '?'
  return min === max ? `{${min}}` : `{${min},${max}}`
}

function printSet(set: CharSet, dialect: Dialect): string {
  const only = set.ranges[0]
  if (!set.negated && set.ranges.length === 1 && only !== undefined && only[0] === only[1]) return dialect.char(only[0])
  const inner = set.ranges.map(([from, to]) => (from === to ? dialect.char(from) : `${dialect.char(from)}-${dialect.char(to)}`))
  return `[${set.negated ? '^' : ''}${inner.join('')}]`
}

import { isPointer, pointed } from './json-pointer.ts'

const DEPTH_MAX = 32
const NODES_MAX = 10_000
const IN_PATH = /\{([A-Za-z][\w-]{0,63})#([^{}]*)\}/g

/** A place in the answer of an earlier call: `{ "$from": "loan", "pointer": "/borrower" }` in a body, `{loan#/borrower}` in a path. */
export interface Reference {
  readonly from: string
  readonly pointer: string
}

/** A reference that names nothing in the answer, or something that may not stand where it should. */
export class UnresolvedReferenceError extends Error {
  override readonly name = 'UnresolvedReferenceError'
}

function referenceOf(value: object): Reference | undefined {
  if (!('$from' in value)) return undefined
  const pointer = 'pointer' in value ? value.pointer : ''
  const known = Object.keys(value).every((key) => key === '$from' || key === 'pointer')
  if (!known || typeof value.$from !== 'string' || typeof pointer !== 'string' || !isPointer(pointer))
    throw new RangeError('a reference is { "$from": id, "pointer": a JSON pointer } and nothing else')
  return { from: value.$from, pointer }
}

/** All references within a JSON value. RangeError when it is too deep, too large, or a reference is malformed. */
export function referencesIn(value: unknown): Reference[] {
  const found: Reference[] = []
  let nodes = 0
  const visit = (node: unknown, depth: number): void => {
    if (++nodes > NODES_MAX) throw new RangeError(`a body may have ${NODES_MAX} values, not more`)
    if (typeof node !== 'object' || node === null) return
    if (depth > DEPTH_MAX) throw new RangeError(`a body may be ${DEPTH_MAX} levels deep, not more`)
    const reference = Array.isArray(node) ? undefined : referenceOf(node)
    if (reference !== undefined) found.push(reference)
    else for (const child of Object.values(node)) visit(child, depth + 1)
  }
  visit(value, 0)
  return found
}

/** All references within a path. RangeError for a brace that is none. */
export function referencesInPath(path: string): Reference[] {
  const found = [...path.matchAll(IN_PATH)].map(([, from = '', pointer = '']) => ({ from, pointer }))
  if (/[{}#]/.test(path.replaceAll(IN_PATH, '')))
    throw new RangeError('a path holds no fragment, and a brace in it a reference, {id#/pointer}')
  if (found.some(({ pointer }) => !isPointer(pointer))) throw new RangeError('a reference in a path needs a JSON pointer')
  return found
}

/** The value with every reference replaced by what it names. UnresolvedReferenceError when it names nothing. */
export function filled(value: unknown, answerOf: (id: string) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((child) => filled(child, answerOf))
  const reference = referenceOf(value)
  if (reference !== undefined) return named(reference, answerOf)
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, filled(child, answerOf)]))
}

/** The path with every reference replaced by one path segment: a word, a number or a truth value, percent-encoded, never a dot segment. */
export function filledPath(path: string, answerOf: (id: string) => unknown): string {
  return path.replaceAll(IN_PATH, (_, from: string, pointer: string) => {
    const value = named({ from, pointer }, answerOf)
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      throw new UnresolvedReferenceError(`${from}#${pointer} is no single value, as a path needs`)
    const text = String(value)
    if (text === '' || text === '.' || text === '..' || !text.isWellFormed())
      throw new UnresolvedReferenceError(`${from}#${pointer} is no path segment`)
    return encodeURIComponent(text)
  })
}

function named({ from, pointer }: Reference, answerOf: (id: string) => unknown): unknown {
  const value = pointed(answerOf(from), pointer)
  if (value === undefined) throw new UnresolvedReferenceError(`the answer of ${from} has no ${pointer === '' ? 'content' : pointer}`)
  return value
}

import { TransformError } from './spec-error.ts'

const PLAIN = /^(?:[^\\.^$|?*+()[\]{}]+|\\[^a-zA-Z0-9])$/u

/** Java's `text.split(separator)`: the separator is a regular expression, empty parts at the end are dropped. */
export function splitText(text: string, separator: string): string[] {
  const parts = PLAIN.test(separator) ? text.split(separator.startsWith('\\') ? separator.slice(1) : separator) : splitBy(text, separator)
  if (parts.length === 1) return parts
  while (parts.length > 0 && parts.at(-1) === '') parts.pop()
  return parts
}

function splitBy(text: string, separator: string): string[] {
  let pattern: RegExp
  try {
    pattern = new RegExp(separator, 'gu')
  } catch {
    throw new TransformError('bad pattern')
  }
  const parts: string[] = []
  let from = 0
  for (const match of text.matchAll(pattern)) {
    const end = match.index + match[0].length
    // A match of nothing at the very start makes no empty part.
    if (end === 0) continue
    if (match[0] === '' && match.index >= text.length) continue
    parts.push(text.slice(from, match.index))
    from = end
  }
  parts.push(text.slice(from))
  return parts
}

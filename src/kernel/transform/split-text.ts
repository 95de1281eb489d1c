import { javaPattern, PatternError, type JavaPattern } from '#kernel/java-pattern'
import { STEPS_PER_WRITE } from './limits.ts'
import type { Run } from './run.ts'
import { TransformError } from './spec-error.ts'

const PLAIN = /^(?:[^\\.^$|?*+()[\]{}\p{Cs}]+|\\[^a-zA-Z0-9\p{Cs}])$/u

type Separator = { readonly source: string; readonly plain: string | undefined; readonly pattern: () => JavaPattern }

// A spec splits text after text by the same separator.
let latest: Separator | undefined

function separatorOf(source: string): Separator {
  if (latest?.source === source) return latest
  const plain = PLAIN.test(source) ? source.slice(source.startsWith('\\') ? 1 : 0) : undefined
  let pattern: JavaPattern | undefined
  latest = { source, plain, pattern: () => (pattern ??= javaPattern(source)) }
  return latest
}

/** Java's `text.split(separator)`: the separator is a regular expression, empty parts at the end are dropped. */
export function splitText(text: string, separator: string, run: Run): string[] {
  const { plain, pattern } = separatorOf(separator)
  const parts = plain === undefined ? known(() => splitBy(text, pattern, run)) : text.split(plain)
  if (parts.length === 1) return parts
  while (parts.length > 0 && parts.at(-1) === '') parts.pop()
  return parts
}

/** Where Java's pattern fails, so does the function. */
function known(split: () => string[]): string[] {
  try {
    return split()
  } catch (error) {
    throw error instanceof PatternError ? new TransformError(error.message) : error
  }
}

function splitBy(text: string, pattern: () => JavaPattern, run: Run): string[] {
  const find = pattern().finder(text, (steps) => run.spend(steps / STEPS_PER_WRITE))
  const parts: string[] = []
  let from = 0
  let search = 0
  for (;;) {
    run.spend()
    const match = find(search)
    if (match === undefined) break
    const { start, end } = match
    search = end > start ? end : end + 1
    // A match of nothing at the very start makes no empty part, and one at the very end none either.
    if (end === 0 || (start === end && start >= text.length)) continue
    parts.push(text.slice(from, start))
    from = end
  }
  parts.push(text.slice(from))
  return parts
}

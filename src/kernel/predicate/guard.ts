import { limits } from './limits.ts'
import { PredicateError } from './predicate-error.ts'

/**
 * Refuses text that would be too long or too deep for the recursive parser, in one pass over it. Strings and comments
 * are skipped as the parser skips them, so a bracket in a text literal does not count.
 */
export function guardText(text: string): void {
  if (typeof text !== 'string') throw new PredicateError('a predicate is text', { text: '', at: 0 })
  if (text.length > limits.text)
    throw new PredicateError(`the text is ${text.length} characters long; at most ${limits.text} are read`, {
      text: text.slice(0, limits.text),
      at: limits.text,
    })
  let depth = 0
  let prefixes = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    if (char === '"' || char === "'") {
      at = endOfString(text, at)
      prefixes = 0
    } else if (char === '/' && text[at + 1] === '/') at = endOfLine(text, at)
    else if ('([{'.includes(char)) {
      depth++
      prefixes = 0
      if (depth > limits.depth) throw tooDeep(text, at)
    } else if (')]}'.includes(char)) {
      depth--
      prefixes = 0
    } else if (char === '!' || char === '-') {
      if (++prefixes > limits.prefixRun) throw tooDeep(text, at)
    } else if (!' \t\r\n'.includes(char)) prefixes = 0
  }
}

export function tooDeep(text: string, at: number): PredicateError {
  return new PredicateError(`nested deeper than ${limits.depth} levels`, { text, at })
}

// The parser lets a backslash skip a character in raw strings too, so this does the same.
function endOfString(text: string, start: number): number {
  const quote = text[start] as string
  const triple = text.startsWith(quote.repeat(3), start)
  const close = triple ? quote.repeat(3) : quote
  for (let at = start + close.length; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text.startsWith(close, at)) return at + close.length - 1
  }
  return text.length
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start)
  return end < 0 ? text.length : end
}

import { MAX_PATH_STEPS } from './limits.ts'
import { javaTrim } from './number-text.ts'
import { BadSpec } from './spec-error.ts'

/** Occurrences of one character. */
export function count(text: string, char: string): number {
  let n = 0
  for (let at = text.indexOf(char); at >= 0; at = text.indexOf(char, at + 1)) n++
  return n
}

/** Java's `String.split` on a bar: trailing empty parts are dropped, and "|" has none at all. */
export function alternatives(key: string): string[] {
  if (!key.includes('|')) return [key]
  const parts = key.split('|')
  while (parts.length > 0 && parts.at(-1) === '') parts.pop()
  return parts
}

/** The key without its escape characters; with `drop`, without the escaped characters too: what is left decides the kind of key. */
export function unescape(key: string, drop: boolean): string {
  let out = ''
  let escaped = false
  for (let i = 0; i < key.length; i++) {
    const char = key.charAt(i)
    if (char === '\\' && !escaped) {
      escaped = true
      continue
    }
    if (!(escaped && drop)) out += char
    escaped = false
  }
  return out
}

/** `a[1]` means `a.[1]`. */
function separateBrackets(path: string): string {
  let out = path.charAt(0)
  for (let i = 1; i < path.length; i++) {
    const before = path.charAt(i - 1)
    if (path.charAt(i) === '[' && before !== '\\' && before !== '@' && before !== '.') out += '.'
    out += path.charAt(i)
  }
  return out
}

/** The steps of a dotted path, escapes kept for all but the dot; `@(…)` swallows dots up to its parenthesis, `@a.b` ends at the dot. */
export function splitPath(path: string): string[] {
  const text = separateBrackets(path)
  const steps: string[] = []
  let step = ''
  let escaped = false
  const end = (): void => {
    if (step !== '') steps.push(step)
    step = ''
    if (steps.length > MAX_PATH_STEPS) throw new BadSpec(`path of more than ${MAX_PATH_STEPS} steps`)
  }
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i)
    const escapes: boolean = char === '\\' && !escaped
    if (escaped && char !== '.' && char !== '\\') step += `\\${char}`
    else if (char === '@') {
      const [taken, next] = takeAt(text, i + 1)
      step += `@${taken}`
      i = next - 1
      if (!step.includes('[') || step.includes(']')) end()
    } else if (char === '.') {
      if (escaped) step += '.'
      else end()
    } else if (!escapes) step += char
    escaped = escapes
  }
  end()
  return steps
}

/** What follows an `@`, and where reading goes on. */
function takeAt(text: string, from: number): [string, number] {
  if (from >= text.length) return ['', from]
  const first = text.charAt(from)
  if (first === '.') throw new BadSpec(`no path after @ in ${text}`)
  if (first === '(') {
    for (let i = from + 1; i < text.length; i++) {
      if (text.charAt(i) === '(') throw new BadSpec(`too many open parentheses in ${text}`)
      if (text.charAt(i) === ')') return [text.slice(from, i + 1), i + 1]
    }
    throw new BadSpec(`no closing parenthesis after @( in ${text}`)
  }
  const dot = text.indexOf('.', from + 1)
  return dot < 0 ? [text.slice(from), text.length] : [`(${text.slice(from, dot)})`, dot + 1]
}

/** `name(a, b)` as name and arguments; commas within quotes or parentheses separate nothing, the last character is dropped unread. */
export function splitCall(call: string): string[] {
  const open = call.indexOf('(')
  if (open < 0 || call.length - 1 < open + 1) throw new BadSpec(`bad function call ${call}`)
  const parts = [call.slice(0, open)]
  let part = ''
  let quoted = false
  let nested = false
  for (const char of call.slice(open + 1, -1)) {
    if (char === ',' && !nested && !quoted) {
      parts.push(javaTrim(part))
      part = ''
      continue
    }
    if (char === "'") quoted = !quoted
    else if (char === '(' && !quoted) nested = true
    else if (char === ')' && !quoted) nested = false
    part += char
  }
  parts.push(javaTrim(part))
  return parts
}

import { BadSpec } from './spec-error.ts'
import { parseInteger } from './number-text.ts'

/** `&(levels up, part)`: both zero where left out. */
export type Reference = { readonly up: number; readonly group: number; readonly canonical: string }

function index(text: string): number {
  const value = parseInteger(text)
  if (value === undefined || value < 0) throw new BadSpec(`${text} is no level or part`)
  return value
}

/** Reads `&`, `&2`, `&(1)`, `&(1,2)`, and the same with `$`. */
export function groupReference(text: string, token: string): Reference {
  if (!text.startsWith(token)) throw new BadSpec(`reference ${text} does not start with ${token}`)
  const rest = text.slice(1)
  let up = 0
  let group = 0
  if (rest.length >= 3 && rest.startsWith('(') && rest.endsWith(')')) {
    const parts = rest.slice(1, -1).split(',')
    while (parts.length > 0 && parts.at(-1) === '') parts.pop()
    if (parts.length > 2) throw new BadSpec(`reference ${text} has too many parts`)
    up = index(parts[0] ?? '')
    if (parts[1] !== undefined) group = index(parts[1])
  } else if (rest !== '') up = index(rest)
  return { up, group, canonical: `${token}(${up},${group})` }
}

/** Reads `#` and `#2`: how often the children of a level have matched. */
export function countReference(text: string): Reference {
  const up = text.length > 1 ? index(text.slice(1)) : 0
  return { up, group: 0, canonical: `#${up}` }
}

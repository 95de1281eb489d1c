import { isDigit, parseInteger } from './number-text.ts'
import { intValue } from './java-number.ts'
import { isNumber } from './json.ts'
import type { Value } from './json.ts'
import { pathReader } from './path-reader.ts'
import { BadSpec } from './spec-error.ts'
import type { ElementReader, Transpose } from './path-element.ts'
import type { Walk } from './walk.ts'

export function transposeOf(key: string, elementOf: ElementReader): Transpose {
  if (key.length < 2 || !key.startsWith('@')) throw new BadSpec(`${key} should start with @ and name a path`)
  let meat = key.slice(1)
  if (meat.includes('@')) throw new BadSpec(`${key} has an @ within an @`)
  if (meat.includes('*') || meat.includes('[]')) throw new BadSpec(`${key} looks up, and may not hold * or []`)
  if (meat.startsWith('(')) {
    if (!meat.endsWith(')')) throw new BadSpec(`${key} has no closing parenthesis`)
    meat = meat.slice(1, -1)
  }
  if (meat === '') throw new BadSpec(`${key} names no path`)
  const [up, path] = levelAndPath(key, meat)
  const reader = path === '' ? undefined : pathReader(path, elementOf)
  const value = reader === undefined ? (walk: Walk) => walk.treeAt(up) : (walk: Walk) => reader.read(walk.treeAt(up), walk)
  return { canonical: `@(${up},${reader?.canonical ?? ''})`, value, text: (walk) => keyText(value(walk)) }
}

function levelAndPath(key: string, meat: string): [number, string] {
  if (!isDigit(meat.charAt(0))) return [0, meat]
  const comma = meat.indexOf(',')
  const digits = comma < 0 ? meat : meat.slice(0, comma)
  const up = parseInteger(digits)
  if (up === undefined) throw new BadSpec(`${key} starts with a digit that is no number of levels`)
  return [up, comma < 0 ? '' : meat.slice(comma + 1)]
}

/** Numbers become the digits of their int value, booleans their name; nothing else but text can be a key. */
function keyText(value: Value | undefined): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  return isNumber(value) ? String(intValue(value)) : undefined
}

import { count, unescape } from './key-syntax.ts'
import { isDigit, parseInteger } from './number-text.ts'
import { countReference, groupReference } from './reference.ts'
import type { Reference } from './reference.ts'
import { BadSpec, TransformError } from './spec-error.ts'
import { starOf } from './star.ts'
import type { Star } from './star.ts'
import { Match } from './walk.ts'
import type { Walk } from './walk.ts'
import { transposeOf } from './transpose.ts'
import type { Element } from './path-element.ts'

/** Reads one key or step; the order of the questions decides what odd mixtures mean, and is Jolt's. */
export function elementOf(raw: string): Element {
  const escaped = raw.includes('\\')
  const bare = escaped ? unescape(raw, true) : raw
  const key = escaped ? unescape(raw, false) : raw
  if (bare === '@') return atElement(key)
  if (bare === '*') {
    if (key !== '*') throw new BadSpec(`key ${raw} should be a single *`)
    return starElement(key, starOf(key, true))
  }
  if (bare.startsWith('[')) return arrayElement(key, bare)
  if (bare.startsWith('@') || bare.includes('@(')) {
    const transpose = transposeOf(raw, elementOf)
    return {
      kind: 'transpose',
      raw,
      canonical: transpose.canonical,
      matches: (_, walk) => walk.lastMatch(),
      text: transpose.text,
      transpose,
    }
  }
  if (bare.includes('@')) throw new BadSpec(`key ${raw} has an @ that is not in front`)
  if (bare.includes('$')) return dollarElement(key)
  if (bare.includes('[')) return arrayElement(key, bare)
  if (bare.includes('&')) {
    if (bare.includes('*')) throw new BadSpec(`key ${raw} mixes * with &`)
    return ampElement(key)
  }
  if (bare.includes('*')) return starElement(key, starOfBare(key, bare))
  if (bare.includes('#')) return constantElement(key)
  return literalElement(key)
}

// The number of stars is counted without the escaped ones, and the matcher of that form then counts them all.
function starOfBare(key: string, bare: string): Star {
  const form = Math.min(count(bare, '*'), 3)
  if (form < 3 && count(key, '*') !== form) throw new BadSpec(`key ${key} mixes stars and escaped stars`)
  return starOf(key, true)
}

export function literalElement(key: string): Element {
  return {
    kind: 'literal',
    raw: key,
    canonical: key.replaceAll('.', '\\.'),
    matches: (data) => (data === key ? new Match(key, undefined, -1) : undefined),
    text: () => key,
  }
}

export function atElement(key: string): Element {
  if (key !== '@') throw new BadSpec(`key ${key} should be a single @`)
  return { kind: 'at', raw: key, canonical: '@', matches: (_, walk) => walk.lastMatch() }
}

/** Under a list whose size was noted, a lone star notes it again: the modifiers ask for it. */
export function starElement(key: string, star: Star): Element {
  const matches =
    star.form === 'all'
      ? (data: string, walk: Walk): Match => new Match(data, undefined, walk.lastMatch().size)
      : (data: string): Match | undefined => {
          const caught = star.catches(data)
          return caught === undefined ? undefined : new Match(data, caught, -1)
        }
  return { kind: 'star', raw: key, canonical: key, matches, star }
}

function dollarElement(key: string): Element {
  const reference = groupReference(key, '$')
  const text = (walk: Walk): string => walk.matchAt(reference.up).group(reference.group)
  return { kind: 'dollar', raw: key, canonical: reference.canonical, matches: (_, walk) => new Match(text(walk), undefined, -1), text }
}

function constantElement(key: string): Element {
  if (!key.startsWith('#') || key.length <= 1) throw new BadSpec(`key ${key} should start with # and name a value`)
  const wrapped = key.charAt(1) === '('
  if (wrapped && !key.endsWith(')')) throw new BadSpec(`key ${key} has mismatched parentheses`)
  // "#(" alone ends before it begins.
  const value = wrapped ? key.slice(2, -1) : key.slice(1)
  return { kind: 'constant', raw: key, canonical: `#(${value})`, matches: () => new Match(value, undefined, -1) }
}

function ampElement(key: string): Element {
  const tokens: (string | Reference)[] = []
  let literal = ''
  let at = 0
  while (at < key.length) {
    if (key.charAt(at) !== '&') {
      literal += key.charAt(at++)
      continue
    }
    if (literal !== '') tokens.push(literal)
    literal = ''
    let end = at + 1
    while (end < key.length && (isDigit(key.charAt(end)) || '(),'.includes(key.charAt(end)))) end++
    tokens.push(groupReference(key.slice(at, end), '&'))
    at = end
  }
  if (literal !== '') tokens.push(literal)
  const canonical = tokens.map((token) => (typeof token === 'string' ? token : token.canonical)).join('')
  const text = ampText(tokens)
  return {
    kind: 'amp',
    raw: key,
    canonical,
    matches: (data, walk) => (text(walk) === data ? new Match(data, undefined, -1) : undefined),
    text,
  }
}

function ampText(tokens: readonly (string | Reference)[]): (walk: Walk) => string {
  const [only] = tokens
  if (tokens.length === 1 && only !== undefined && typeof only !== 'string') {
    const { up, group } = only
    return group === 0 ? (walk) => walk.matchAt(up).key : (walk) => walk.matchAt(up).group(group)
  }
  return (walk) => {
    let out = ''
    for (const token of tokens) out += typeof token === 'string' ? token : walk.matchAt(token.up).group(token.group)
    return out
  }
}

function arrayElement(key: string, bare: string): Element {
  if (count(bare, '[') !== 1 || count(bare, ']') !== 1) throw new BadSpec(`key ${key} has too many []`)
  if (!key.startsWith('[') || !key.endsWith(']')) throw new BadSpec(`key ${key} is no array step`)
  const meat = key.slice(1, -1)
  const [form, text, canonical, index] = arrayText(key, meat)
  const matches = (data: string, walk: Walk): Match | undefined => {
    const evaluated = text(walk)
    if (evaluated === undefined) throw new TransformError(`${form} ${key} is no index`)
    const size = evaluated === data ? walk.lastMatch().size : -1
    return size < 0 ? undefined : new Match(evaluated, undefined, size)
  }
  const element: Element = { kind: 'array', raw: key, canonical, matches, text }
  return index === undefined ? element : { ...element, index }
}

function arrayText(key: string, meat: string): [string, (walk: Walk) => string | undefined, string, number?] {
  if (key.length === 2) return ['append', () => '[]', '[]']
  if (meat.startsWith('&')) {
    const { up, group, canonical } = groupReference(meat, '&')
    return ['reference', (walk) => asIndex(walk.matchAt(up).group(group)), `[${canonical}]`]
  }
  if (meat.startsWith('#')) {
    const { up, canonical } = countReference(meat)
    return ['count', (walk) => String(walk.matchAt(up).hits), `[${canonical}]`]
  }
  if (meat.startsWith('@')) {
    const transpose = transposeOf(meat, elementOf)
    return ['transpose', (walk) => asIndex(transpose.text(walk)), `[${transpose.canonical}]`]
  }
  const index = parseInteger(meat)
  if (index === undefined || index < 0) throw new BadSpec(`bad array index ${meat} in key ${key}`)
  return ['index', () => meat, `[${meat}]`, index]
}

function asIndex(text: string | undefined): string | undefined {
  const index = text === undefined ? undefined : parseInteger(text)
  return index === undefined || index < 0 ? undefined : text
}

/** One file of the repository, its path with forward slashes from the root. */
export interface Source {
  readonly path: string
  readonly text: string
}

export interface Import {
  readonly from: string
  /** True for `import type` and `export type`, which leave nothing at run time. */
  readonly typeOnly: boolean
}

const importPattern = /^[ \t]*(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"\n]+)['"]/gm
const dynamicPattern = /\bimport\(\s*['"]([^'"\n]+)['"]\s*\)/g

/** What a file imports, statically and dynamically. */
export function importsOf(text: string): Import[] {
  const still = [...text.matchAll(importPattern)].map((match) => ({ from: match[2] ?? '', typeOnly: match[1] !== undefined }))
  const dynamic = [...text.matchAll(dynamicPattern)].map((match) => ({ from: match[1] ?? '', typeOnly: false }))
  return [...still, ...dynamic]
}

interface Region {
  readonly kind: 'code' | 'comment' | 'text'
  readonly from: number
  readonly to: number
}

// What can stand before a slash that begins a regular expression; after anything else it divides.
const beforePattern = /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|in|of|do|else|void|throw|yield|await))\s*$/

function endOfQuoted(text: string, from: number): number {
  const quote = text[from]
  let at = from + 1
  while (at < text.length && text[at] !== quote && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function endOfPattern(text: string, from: number): number {
  let inClass = false
  let at = from + 1
  while (at < text.length && text[at] !== '\n' && (inClass || text[at] !== '/')) {
    if (text[at] === '[') inClass = true
    else if (text[at] === ']') inClass = false
    at += text[at] === '\\' ? 2 : 1
  }
  return at + 1
}

/** Where the literal part of a template that goes on at `from` ends: at its backtick or at `${`. */
function endOfTemplate(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== '`' && !text.startsWith('${', at)) at += text[at] === '\\' ? 2 : 1
  return at
}

function regionAt(text: string, at: number): Region | undefined {
  if (text.startsWith('//', at)) {
    const end = text.indexOf('\n', at)
    return { kind: 'comment', from: at, to: end === -1 ? text.length : end }
  }
  if (text.startsWith('/*', at)) {
    const end = text.indexOf('*/', at + 2)
    return { kind: 'comment', from: at, to: end === -1 ? text.length : end + 2 }
  }
  const character = text[at]
  if (character === "'" || character === '"') return { kind: 'text', from: at, to: endOfQuoted(text, at) }
  if (character === '/' && beforePattern.test(text.slice(Math.max(0, at - 20), at)))
    return { kind: 'text', from: at, to: endOfPattern(text, at) }
  return undefined
}

/** A file in pieces: code, comments and literal text (strings, patterns, the fixed parts of templates). */
function regionsOf(text: string): Region[] {
  const regions: Region[] = []
  // For each `${` that is open, how many braces are open inside it.
  const open: number[] = []
  let codeFrom = 0
  const put = (region: Region): number => {
    regions.push({ kind: 'code', from: codeFrom, to: region.from }, region)
    codeFrom = region.to
    return region.to
  }
  const template = (from: number, at: number): number => {
    const end = endOfTemplate(text, at)
    if (text[end] !== '`') open.push(0)
    return put({ kind: 'text', from, to: Math.min(text.length, end + (text[end] === '`' ? 1 : 2)) })
  }
  for (let at = 0; at < text.length;) {
    const region = regionAt(text, at)
    const character = text[at]
    const depth = open.at(-1)
    if (region) at = put(region)
    else if (character === '`') at = template(at, at + 1)
    else if (character === '}' && depth === 0) {
      open.pop()
      at = template(at, at + 1)
    } else {
      if (depth !== undefined && (character === '{' || character === '}')) open[open.length - 1] = depth + (character === '{' ? 1 : -1)
      at++
    }
  }
  regions.push({ kind: 'code', from: codeFrom, to: text.length })
  return regions
}

function only(text: string, ...kinds: readonly Region['kind'][]): string {
  return regionsOf(text)
    .map((region) => {
      const part = text.slice(region.from, region.to)
      return kinds.includes(region.kind) ? part : part.replaceAll(/[^\n]/g, ' ')
    })
    .join('')
}

/** The code of a file with comments and literal text blanked out; lines keep their numbers. */
export function codeOf(text: string): string {
  return only(text, 'code')
}

/** The literal text of a file with everything else blanked out. */
export function literalsOf(text: string): string {
  return only(text, 'text')
}

/** A file without its comments. */
export function uncommented(text: string): string {
  return only(text, 'code', 'text')
}

/** The line, from 1, on which a place in a text lies. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

import type { Json, JsonObject, Value } from './json.ts'
import { literalNumber } from './number-text.ts'
import { put } from './object.ts'
import { mayFollow, quickParse } from './quick-parse.ts'

const BYTE_ORDER_MARK = 0xfeff
const QUOTE = 34
const BACKSLASH = 92

/** Reads JSON (and comments, as json-utils does; what stands behind it does not count), keeping Java's number kinds and the order of the keys. Throws SyntaxError. */
export function parse(text: string): Json {
  const marked = text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text
  return (quickParse(marked) ?? new Reader(marked).document()) as Json
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const NOT_PLAIN = /[^ !#-[\]-\uffff]/
const BLANKS = /[ \t\n\r]*/y
const REST_OF_LINE = /[^\n\r]*/y
const WORDS: readonly (readonly [string, Value])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
]

type Open = { readonly list: Value[] | undefined; readonly map: JsonObject; key: string }

/** A reader without recursion, so that depth costs memory only. */
class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): Value {
    const open: Open[] = []
    for (;;) {
      let value = this.#value(open)
      if (value === undefined) continue
      for (;;) {
        const top = open.at(-1)
        if (top === undefined) return this.#end(value)
        if (top.list !== undefined) top.list.push(value)
        else this.#member(top, value)
        this.#gap()
        const char = this.#text.charAt(this.#at++)
        if (char === ',') {
          if (top.list === undefined) top.key = this.#key()
          break
        }
        if (char !== (top.list === undefined ? '}' : ']')) this.#fail(this.#at - 1)
        value = top.list ?? top.map
        open.pop()
      }
    }
  }

  #member({ map, key }: Open, value: Value): void {
    put(map, key, value)
  }

  /** A whole value; undefined when a container was opened that is not empty. */
  #value(open: Open[]): Value | undefined {
    this.#gap()
    const char = this.#text.charAt(this.#at)
    if (char === '{' || char === '[') {
      this.#at++
      this.#gap()
      const top: Open = { list: char === '[' ? [] : undefined, map: {}, key: '' }
      if (this.#text.charAt(this.#at) === (char === '[' ? ']' : '}')) {
        this.#at++
        return top.list ?? top.map
      }
      if (char === '{') top.key = this.#key()
      open.push(top)
      return undefined
    }
    if (char === '"') return this.#string()
    if (char === 't' || char === 'f' || char === 'n') return this.#word()
    const number = this.#take(NUMBER)
    return number === '' ? this.#fail(this.#at) : literalNumber(number)
  }

  #word(): Value {
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue
      this.#at += word.length
      return value
    }
    return this.#fail(this.#at)
  }

  #key(): string {
    this.#gap()
    const key = this.#string()
    this.#gap()
    if (this.#text.charAt(this.#at) !== ':') this.#fail(this.#at)
    this.#at++
    return key
  }

  #string(): string {
    const from = this.#at + 1
    const end = this.#text.charCodeAt(this.#at) === QUOTE ? this.#text.indexOf('"', from) : -1
    if (end >= 0) {
      const plain = this.#text.slice(from, end)
      if (!NOT_PLAIN.test(plain)) {
        this.#at = end + 1
        return plain
      }
    }
    if (end < 0) this.#fail(this.#at)
    return this.#escaped(from)
  }

  /** A text with escapes, of any length: an expression that repeats over them would run out of stack. */
  #escaped(from: number): string {
    let at = from
    for (let code = this.#text.charCodeAt(at); code !== QUOTE; code = this.#text.charCodeAt(++at)) {
      if (code === BACKSLASH) at++
      // Also where the text ends.
      else if (!(code >= 32)) this.#fail(at)
    }
    try {
      const text = JSON.parse(this.#text.slice(from - 1, at + 1)) as string
      this.#at = at + 1
      return text
    } catch {
      return this.#fail(from - 1)
    }
  }

  #end(value: Value): Value {
    if (this.#at < this.#text.length && !mayFollow(value, this.#text.charCodeAt(this.#at))) this.#fail(this.#at)
    return value
  }

  /** Blanks and comments. */
  #gap(): void {
    const char = this.#text.charCodeAt(this.#at)
    if (char > 32 && char !== 47) return
    this.#take(BLANKS)
    while (this.#text.charAt(this.#at) === '/') {
      const next = this.#text.charAt(this.#at + 1)
      const from = this.#at
      if (next === '/') this.#take(REST_OF_LINE)
      else {
        const end = next === '*' ? this.#text.indexOf('*/', this.#at + 2) : -1
        if (end < 0) this.#fail(this.#at)
        this.#at = end + 2
      }
      this.#noControls(from)
      this.#take(BLANKS)
    }
  }

  /** Of what no text may hold, a comment may hold tabs and ends of lines. */
  #noControls(from: number): void {
    for (let at = from; at < this.#at; at++) {
      const code = this.#text.charCodeAt(at)
      if (code < 32 && code !== 9 && code !== 10 && code !== 13) this.#fail(at)
    }
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const taken = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += taken.length
    return taken
  }

  #fail(at: number): never {
    throw new SyntaxError(
      at < this.#text.length ? `unexpected ${JSON.stringify(this.#text.charAt(at))} at position ${at}` : 'unexpected end of JSON',
    )
  }
}

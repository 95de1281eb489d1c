import jsonata from 'jsonata'
import { RE2JS } from 're2js'
import { Budget } from './budget.ts'
import { JavaNumber } from './json.ts'
import type { Json } from './json.ts'
import { put } from './object.ts'
import type { JsonObject, Value } from './json.ts'
import { SpecError, TransformError } from './spec-error.ts'

/** What one evaluation may take: milliseconds, levels of calls, elements of a list. */
export type JsonataLimits = { readonly timeoutMs: number; readonly depth: number; readonly elements: number }

/** A compiled expression. Rejects with TransformError on failure, and beyond its limits. */
export type JsonataTransform = { readonly run: (input: Json | undefined) => Promise<Json | undefined> }

const LIMITS: JsonataLimits = { timeoutMs: 1_000, depth: 200, elements: 100_000 }
const MAX_TEXT = 50_000
const MAX_NESTING = 200
const WIDEST_PAD = 10_000

/**
 * Compiles a JSONata expression (jsonata.org) as a second language beside Jolt's. Numbers are plain doubles on both sides. Regular expressions
 * run on RE2, in linear time, so without references backwards or looks around. Throws SpecError whose path is the position in the text.
 */
export function compileJsonata(expression: string, limits: Partial<JsonataLimits> = {}): JsonataTransform {
  checkText(expression)
  const { timeoutMs, depth, elements } = { ...LIMITS, ...limits }
  const guards = { timeout: timeoutMs, stack: depth, sequence: elements, RegexEngine: LinearRegex as unknown as RegExpConstructor }
  const compiled = read(expression, guards)
  compiled.registerFunction('pad', pad, '<s-ns?:s>')
  return {
    run: async (input) => {
      try {
        return jsonOf(await compiled.evaluate(plainOf(input, new Budget())), new Budget())
      } catch (error) {
        throw error instanceof TransformError ? error : new TransformError(messageOf(error))
      }
    },
  }
}

// The parser of the language recurses, so brackets are counted before it runs.
function checkText(expression: string): void {
  if (expression.length > MAX_TEXT) throw new SpecError('0', `an expression of more than ${MAX_TEXT} characters`)
  let open = 0
  for (let i = 0; i < expression.length; i++) {
    if ('([{'.includes(expression.charAt(i))) open++
    else if (')]}'.includes(expression.charAt(i))) open--
    if (open > MAX_NESTING) throw new SpecError(String(i), `an expression nested deeper than ${MAX_NESTING} levels`)
  }
}

function read(expression: string, guards: jsonata.JsonataOptions): jsonata.Expression {
  try {
    return jsonata(expression, guards)
  } catch (error) {
    // A chain of prefixes without brackets may still exhaust the parser's stack: a RangeError, refused like any other.
    const position = typeof error === 'object' && error !== null && 'position' in error ? String(error.position) : '0'
    throw new SpecError(position, messageOf(error))
  }
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)
}

/** Pads as the language does (left for a negative width), and no wider than its bound. */
function pad(text: string | undefined, width: number, filler = ' '): string | undefined {
  if (text === undefined) return undefined
  if (Math.abs(width) > WIDEST_PAD) throw new TransformError(`padding wider than ${WIDEST_PAD}`)
  const missing = Math.max(0, Math.abs(width) - Array.from(text).length)
  const cells = Array.from(filler === '' ? ' ' : filler)
  let padding = ''
  for (let i = 0; i < missing; i++) padding += cells[i % cells.length]
  return width < 0 ? padding + text : text + padding
}

/** What the language asks of RegExp, in linear time. */
class LinearRegex {
  lastIndex = 0
  readonly #pattern: RE2JS

  constructor(source: RegExp) {
    const flags = (source.flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) | (source.flags.includes('m') ? RE2JS.MULTILINE : 0)
    try {
      this.#pattern = RE2JS.compile(source.source, flags)
    } catch (error) {
      throw new TransformError(`regular expression: ${messageOf(error)}`)
    }
  }

  exec(text: string): (string[] & { index: number }) | null {
    const matcher = this.#pattern.matcher(text)
    if (this.lastIndex > text.length || !matcher.find(this.lastIndex)) {
      this.lastIndex = 0
      return null
    }
    this.lastIndex = matcher.end()
    const groups: string[] = []
    for (let i = 0; i <= matcher.groupCount(); i++) groups.push(matcher.group(i) as string)
    return Object.assign(groups, { index: matcher.start() })
  }
}

function plainOf(value: unknown, budget: Budget): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof JavaNumber) return value.value
  if (typeof value !== 'object' || value === null) return value
  const items = Object.entries(value)
  budget.enter(items.length)
  const plain = Array.isArray(value)
    ? value.map((item) => plainOf(item, budget))
    : Object.fromEntries(items.map(([key, item]) => [key, plainOf(item, budget)]))
  budget.leave()
  return plain
}

/** The answer without the marks that the evaluator leaves on lists, and without functions. */
function jsonOf(value: unknown, budget: Budget): Json | undefined {
  if (typeof value === 'function' || typeof value === 'symbol' || value === undefined) return undefined
  if (typeof value !== 'object' || value === null) return value as Json
  const items = Object.entries(value)
  budget.enter(items.length)
  const json = Array.isArray(value) ? value.map((item) => jsonOf(item, budget) ?? null) : mapOf(items, budget)
  budget.leave()
  return json as Json
}

function mapOf(items: readonly (readonly [string, unknown])[], budget: Budget): JsonObject {
  const out: JsonObject = {}
  for (const [key, item] of items) {
    const plain = jsonOf(item, budget)
    if (plain !== undefined) put(out, key, plain as Value)
  }
  return out
}

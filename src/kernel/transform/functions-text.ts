import { ofEach, ofList, ledOfEach, ledOfList } from './function-shape.ts'
import type { JoltFunction } from './function-shape.ts'
import { isKind, intValue } from './java-number.ts'
import { JavaArray } from './json.ts'
import type { Value } from './json.ts'
import { javaText } from './java-text.ts'
import { TEXT_PER_WRITE } from './limits.ts'
import { lowerCase } from './lower-case.ts'
import { javaTrim } from './number-text.ts'
import type { Run } from './run.ts'
import { splitText } from './split-text.ts'
import { TransformError } from './spec-error.ts'

// Jolt's own bound.
const WIDEST_PAD = 500

const isText = (value: Value): value is string => typeof value === 'string'

function ofText(change: (text: string) => string): JoltFunction {
  return ofEach((value) => (typeof value === 'string' ? change(value) : undefined))
}

function toText(value: Value, run: Run): string {
  const text = value instanceof JavaArray ? `[${value.items.map((item) => javaText(item)).join(', ')}]` : javaText(value)
  return typeof value === 'object' ? paid(text, run) : text
}

/** Long texts count as work done: a chain of them may double its length with every line. */
function paid(text: string, run: Run): string {
  run.spend(text.length / TEXT_PER_WRITE)
  return text
}

function toBoolean(value: Value): Value | undefined {
  if (typeof value === 'boolean') return value
  // Java compares letters in capitals, among which is that of the long s.
  const upper = typeof value === 'string' ? value.toUpperCase() : ''
  return upper === 'TRUE' ? true : upper === 'FALSE' ? false : undefined
}

/** Null and empty text are left out, but the separator only where the last element is. */
function join(separator: string, items: readonly Value[], run: Run): string {
  let out = ''
  for (const [i, item] of items.entries()) {
    const text = item === null ? '' : javaText(item)
    if (text !== '') out += i < items.length - 1 ? text + separator : text
  }
  return paid(out, run)
}

function substring(items: readonly Value[]): Value | undefined {
  const [text = null, from = null, to = null] = items
  if (items.length !== 3 || typeof text !== 'string' || !isKind(from, 'int') || !isKind(to, 'int')) return undefined
  const start = intValue(from)
  const end = intValue(to)
  return start >= end || start < 0 || end < 1 || end > text.length ? undefined : text.slice(start, end)
}

function pad(text: string, items: readonly Value[], left: boolean): Value | undefined {
  const [width, filler] = items
  if (width === undefined || !isKind(width, 'int')) return undefined
  if (filler === undefined) throw new TransformError('no character to pad with')
  const wide = intValue(width)
  if (typeof filler !== 'string' || wide <= 0 || wide > WIDEST_PAD || filler.length !== 1) return undefined
  return left ? text.padStart(wide, filler) : text.padEnd(wide, filler)
}

export const TEXT_FUNCTIONS: Record<string, JoltFunction> = {
  toLower: ofText(lowerCase),
  toUpper: ofText((text) => text.toUpperCase()),
  trim: ofText(javaTrim),
  concat: ofList((items, run) => paid(items.map((item) => (item === null ? '' : javaText(item))).join(''), run)),
  join: ledOfList(isText, join),
  split: ledOfEach(isText, (separator, value, run) =>
    typeof value === 'string' ? run.mark(splitText(value, separator, run), 'fixed') : undefined,
  ),
  substring: ofList(substring),
  leftPad: ledOfList(isText, (text, items) => pad(text, items, true)),
  rightPad: ledOfList(isText, (text, items) => pad(text, items, false)),
  toString: ofEach(toText),
  toBoolean: ofEach(toBoolean),
}

import { createHash } from 'node:crypto'
import { Fault } from '#kernel/faults'
import { z } from 'zod'

const limitDefault = 50
const limitMax = 200

/** What a part of a cursor is compared with: PostgreSQL would choke on anything else. */
export type CursorPart = 'text' | 'date' | 'instant' | 'integer'
const isDate = (text: string): boolean => z.iso.date().safeParse(text).success
const isPart: Record<CursorPart, (text: string) => boolean> = {
  text: () => true,
  date: isDate,
  instant: (text) => isDate(text.slice(0, 10)) && /^T(?:[01]\d|2[0-3])(?::[0-5]\d){2}(?:\.\d{1,6})?Z$/.test(text.slice(10)),
  integer: (text) => /^-?\d{1,18}$/.test(text),
}

/** A number in a query is text of plain digits: no sign but minus, no `1e2`, no `0x10`. */
export function inQuery<T extends z.ZodType<number>>(number: T): z.ZodPreprocess<T> {
  return z.preprocess((text) => (typeof text === 'string' && /^-?\d{1,16}$/.test(text) ? Number(text) : text), number)
}

/** The two query fields of every list: how many, and after which. Lists answer `{ items, next }`, newest first. */
export const pageFields = {
  limit: inQuery(z.int().min(1).max(limitMax).default(limitDefault)),
  after: z.string().max(400).optional(),
}

/** The answer of a list; `next` is the cursor of the following page, null on the last. */
export function pageOf<T extends z.ZodType>(item: T): z.ZodObject<{ items: z.ZodArray<T>; next: z.ZodNullable<z.ZodString> }> {
  return z.strictObject({ items: z.array(item), next: z.string().nullable() })
}

/** Reads a cursor made by `cursorOf`; one that was tampered with is refused. `parts` is how many texts it must hold, or what each must be. */
export function readCursor(after: string | undefined, parts: number | readonly CursorPart[]): readonly string[] | null {
  if (after === undefined) return null
  const [length, kinds] = typeof parts === 'number' ? [parts, []] : [parts.length, parts]
  try {
    const text = checked(after, '')
    const read: unknown = text === undefined ? undefined : JSON.parse(text.toString('utf8'))
    const holds = (part: unknown, at: number): boolean =>
      typeof part === 'string' && !part.includes('\0') && isPart[kinds[at] ?? 'text'](part)
    if (Array.isArray(read) && read.length === length && read.every(holds)) return read as string[]
  } catch {
    // Falls through to the refusal: what isn't JSON behind its check isn't a cursor.
  }
  throw new Fault('http.cursor_invalid')
}

/** A cursor: where a page ended, as opaque text. */
export function cursorOf(parts: readonly string[]): string {
  return withCheck(Buffer.from(JSON.stringify(parts)), '')
}

/** A list as it was asked for: its name, and all that it was asked but the page. */
function listOf(name: string, input: unknown): string {
  const { limit: _limit, after: _after, ...filters } = input as Readonly<Record<string, unknown>>
  return JSON.stringify([name, filters])
}

/** What a list is given that was asked with a cursor of its own, the cursor made plain. One that was tampered with or is another list's is refused. */
export function plainCursor(name: string, input: unknown): unknown {
  const { after } = input as { readonly after?: unknown }
  if (typeof after !== 'string') return input
  const text = checked(after, listOf(name, input))
  if (text === undefined) throw new Fault('http.cursor_invalid')
  return { ...(input as object), after: withCheck(text, '') }
}

/** A list's answer with its cursor bound to the list as it was asked for, so that no other takes it. */
export function boundCursor(name: string, input: unknown, answer: unknown): unknown {
  const { next } = (answer ?? {}) as { readonly next?: unknown }
  const text = typeof next === 'string' ? checked(next, '') : undefined
  return text === undefined ? answer : { ...(answer as object), next: withCheck(text, listOf(name, input)) }
}

// A changed letter, or another list's cursor, would else be another place, and a page from there. It is no secret: a cursor gives no rights.
const checkBytes = 6
function checkOf(text: Buffer, list: string): Buffer {
  return createHash('sha256').update(`cursor\n${list}\n`).update(text).digest().subarray(0, checkBytes)
}

function withCheck(text: Buffer, list: string): string {
  return Buffer.concat([checkOf(text, list), text]).toString('base64url')
}

function checked(cursor: string, list: string): Buffer | undefined {
  const bytes = Buffer.from(cursor, 'base64url')
  const text = bytes.subarray(checkBytes)
  const whole = bytes.toString('base64url') === cursor && bytes.subarray(0, checkBytes).equals(checkOf(text, list))
  return whole ? text : undefined
}

/** Cuts one row more than asked for into a page: its rows, and the cursor if there are more. */
export function paged<Row, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  cursor: (row: Row) => readonly string[],
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown.map(item), next: rows.length > limit && last !== undefined ? cursorOf(cursor(last)) : null }
}

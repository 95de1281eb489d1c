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
    const bytes = Buffer.from(after, 'base64url')
    const text = bytes.subarray(checkBytes)
    const whole = bytes.toString('base64url') === after && bytes.subarray(0, checkBytes).equals(checkOf(text))
    const read: unknown = whole ? JSON.parse(text.toString('utf8')) : undefined
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
  const text = Buffer.from(JSON.stringify(parts))
  return Buffer.concat([checkOf(text), text]).toString('base64url')
}

// A changed letter would else be another place in the list, and a page from there. It is no secret: a cursor gives no rights.
const checkBytes = 6
function checkOf(text: Buffer): Buffer {
  return createHash('sha256').update('cursor\n').update(text).digest().subarray(0, checkBytes)
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

/** Microseconds, and days, from 1970 to PostgreSQL's own epoch of 2000. */
const epochMicros = 946_684_800_000_000n
const epochDays = 10_957
const dayMs = 86_400_000

const lengthBytes = 4
/** UTF-8 takes at most this many bytes for one of JavaScript's characters. */
const utf8Most = 3

const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,6}))?Z$/
const datePattern = /^\d{4}-\d\d-\d\d$/

// Grows to the largest thing ever sent; what is made in it is copied out of it, so nothing keeps it.
let scratch = Buffer.allocUnsafe(64 * 1024)
let end = 0

function room(bytes: number): void {
  if (scratch.length >= end + bytes) return
  const larger = Buffer.allocUnsafe((end + bytes) * 2)
  scratch.copy(larger, 0, 0, end)
  scratch = larger
}

function writeText(value: unknown): void {
  if (typeof value !== 'string') {
    if (typeof value !== 'bigint' && typeof value !== 'number' && typeof value !== 'boolean') throw mismatch('text', value)
    return writeText(String(value))
  }
  room(value.length * utf8Most)
  end += scratch.write(value, end, 'utf8')
}

function writeBytes(value: unknown): void {
  if (!(value instanceof Uint8Array)) throw mismatch('bytea', value)
  room(value.length)
  scratch.set(value, end)
  end += value.length
}

function writeBigint(value: unknown): void {
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) throw mismatch('bigint', value)
  end = scratch.writeBigInt64BE(BigInt(value as bigint | number), end)
}

function writeInteger(value: unknown): void {
  if (typeof value !== 'number') throw mismatch('integer', value)
  end = scratch.writeInt32BE(value, end)
}

function writeSmallint(value: unknown): void {
  if (typeof value !== 'number') throw mismatch('smallint', value)
  end = scratch.writeInt16BE(value, end)
}

function writeBoolean(value: unknown): void {
  if (typeof value !== 'boolean') throw mismatch('boolean', value)
  end = scratch.writeUInt8(value ? 1 : 0, end)
}

// All rows of a group carry the group's instant and day: the last one asked for is nearly always asked for again.
let lastInstant = { text: '', micros: 0n }
function writeInstant(value: unknown): void {
  if (typeof value !== 'string') throw mismatch('timestamptz', value)
  if (lastInstant.text !== value) lastInstant = { text: value, micros: microsOf(value) }
  end = scratch.writeBigInt64BE(lastInstant.micros, end)
}

function microsOf(text: string): bigint {
  const match = instantPattern.exec(text)
  const ms = match ? Date.parse(`${text.slice(0, 19)}Z`) : Number.NaN
  if (Number.isNaN(ms)) throw mismatch('timestamptz', text)
  return BigInt(ms) * 1000n + BigInt((match?.[1] ?? '').padEnd(6, '0')) - epochMicros
}

let lastDate = { text: '', days: 0 }
function writeDate(value: unknown): void {
  if (typeof value !== 'string') throw mismatch('date', value)
  if (lastDate.text !== value) lastDate = { text: value, days: daysOf(value) }
  end = scratch.writeInt32BE(lastDate.days, end)
}

// A day that does not exist is refused, as PostgreSQL refuses it, and not moved into the next month.
function daysOf(text: string): number {
  const ms = datePattern.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(text)) throw mismatch('date', text)
  return ms / dayMs - epochDays
}

/** How values of a type are written. Throws a TypeError on what is not of the type, a RangeError on numbers that do not fit. */
export interface Encoder {
  /** PostgreSQL's object id of the element type (pg_type.dat). */
  readonly oid: number
  /** Bytes of one element, where all take the same. */
  readonly bytes: number
  readonly write: (value: unknown) => void
}
const bigint: Encoder = { oid: 20, bytes: 8, write: writeBigint }
const integer: Encoder = { oid: 23, bytes: 4, write: writeInteger }
const boolean: Encoder = { oid: 16, bytes: 1, write: writeBoolean }
const encoders: ReadonlyMap<string, Encoder> = new Map([
  ['text', { oid: 25, bytes: 0, write: writeText }],
  ['json', { oid: 114, bytes: 0, write: writeText }],
  ['bytea', { oid: 17, bytes: 0, write: writeBytes }],
  ['bigint', bigint],
  ['integer', integer],
  ['int', integer],
  ['smallint', { oid: 21, bytes: 2, write: writeSmallint }],
  ['boolean', boolean],
  ['timestamptz', { oid: 1184, bytes: 8, write: writeInstant }],
  ['date', { oid: 1082, bytes: 4, write: writeDate }],
])

/** The types that have a binary form here. */
export const binaryTypes: readonly string[] = [...encoders.keys()]

export function encoderOf(type: string): Encoder {
  const encoder = encoders.get(type)
  if (!encoder) throw new TypeError(`${type} has no binary form here; there are ${binaryTypes.join(', ')}`)
  return encoder
}

function mismatch(type: string, value: unknown): TypeError {
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 100)) : typeof value
  return new TypeError(`a ${type} of a set-wise statement cannot be ${shown}`)
}

/** Begins anew, with so many bytes left free at the front. */
export function beginCells(headerBytes: number): void {
  end = headerBytes
  room(0)
}

/** Appends the length of a value and the value; a length of -1 for null. */
export function writeCell({ bytes, write }: Encoder, value: unknown): void {
  room(lengthBytes + bytes)
  const start = (end += lengthBytes)
  if (value !== null) write(value)
  scratch.writeInt32BE(value === null ? -1 : end - start, start - lengthBytes)
}

/** Appends how many cells follow. */
export function writeCount(count: number): void {
  room(Int16Array.BYTES_PER_ELEMENT)
  end = scratch.writeInt16BE(count, end)
}

/** What was written since the beginning, in a buffer of its own. */
export function writtenCells(): Buffer {
  return Buffer.from(scratch.subarray(0, end))
}

const headerBytes = 20
const emptyBytes = 12

/**
 * An array in PostgreSQL's binary form: nothing is quoted here and nothing parsed there. Seven times as fast to make as the text of the
 * same array. text and json: text (numbers and booleans as they print); bigint: bigint or safe integer; integer and smallint: number;
 * timestamptz: ISO text in UTC with up to six decimals; date: ISO text; bytea: bytes; null for any. Throws a TypeError on others, and a
 * RangeError on numbers that do not fit.
 */
export function arrayBinary(type: string, values: readonly unknown[]): Buffer {
  const encoder = encoderOf(type)
  beginCells(headerBytes)
  for (const value of values) writeCell(encoder, value)
  const array = writtenCells()
  writeHeader(array, encoder.oid, { length: values.length, holdsNull: values.includes(null) })
  return values.length === 0 ? array.subarray(0, emptyBytes) : array
}

/** Dimensions, whether nulls follow, element type; then length and lower bound of the one dimension, which an empty array lacks. */
function writeHeader(array: Buffer, oid: number, { length, holdsNull }: { length: number; holdsNull: boolean }): void {
  array.writeInt32BE(length === 0 ? 0 : 1, 0)
  array.writeInt32BE(holdsNull ? 1 : 0, 4)
  array.writeInt32BE(oid, 8)
  array.writeInt32BE(length, 12)
  array.writeInt32BE(1, 16)
}

import { eachLine } from './lines.ts'
import type { RowTable } from './rows.ts'
import type { Finding } from './verdict.ts'

/** What the manifest says of the export, as far as it can be compared with what is there. */
export interface Manifest {
  readonly format: string
  readonly at: string
  readonly size: number
  readonly streams: readonly { readonly name: string; readonly rows: number; readonly books: boolean }[]
}

interface Found {
  readonly leaves: number
  readonly lines: ReadonlyMap<string, number>
  /** Whether the accounts of books are there. */
  readonly accounts: boolean
}

/** The first figure of the manifest that is not what the folder holds. */
export function manifestFinding(manifest: Manifest, { leaves, lines, accounts }: Found): Finding | undefined {
  const wrong = (row: string, detail: string): Finding => ({ stream: 'manifest', row, kind: 'changed', detail })
  if (manifest.size !== leaves) return wrong('size', `it says ${manifest.size} leaves, there are ${leaves}`)
  if (Number.isNaN(Date.parse(manifest.at))) return wrong('at', 'it is no instant')
  for (const { name, rows } of manifest.streams)
    if (rows !== lines.get(name)) return wrong(name, `it says ${rows} rows, there are ${lines.get(name) ?? 0}`)
  const books = manifest.streams.filter((stream) => stream.books)
  if (accounts !== books.length > 0) return wrong('books', 'it does not say which stream the accounts are of')
  return undefined
}

const [TAB, QUOTE, BACKSLASH, ASCII_MAX] = [0x09, 0x22, 0x5c, 0x7f]
// FNV-1a, 32 bits (Fowler, Noll, Vo): one multiplication a letter. The leaves prove the rows; this is to notice an index that is damaged.
const [FNV_START, FNV_PRIME] = [0x811c9dc5, 0x01000193]
const mixed = (hash: number, unit: number): number => Math.imul(hash ^ unit, FNV_PRIME)

/** The mark of a row's name. */
export function markOf(stream: string, id: string): number {
  let hash = FNV_START
  for (let at = 0; at < stream.length; at++) hash = mixed(hash, stream.charCodeAt(at))
  hash = mixed(hash, TAB)
  for (let at = 0; at < id.length; at++) hash = mixed(hash, id.charCodeAt(at))
  return hash >>> 0
}

/** The first line of the index that does not name the log's row of its number; the rows themselves must be sound. */
export function indexFinding(file: string, { marks }: RowTable, size: number): Finding | undefined {
  let found: Finding | undefined
  let seq = 0
  eachLine(file, (bytes, start, end) => {
    if (found === undefined && (seq >= size || markAt(bytes, start, end, seq) !== marks[seq]))
      found = wrongLine(bytes.toString('utf8', start, end), seq, size)
    seq++
  })
  if (found === undefined && seq < size)
    return { stream: 'index', row: `line ${seq + 1}`, kind: 'truncated', detail: `index.tsv ends at ${seq}, the log at ${size}`, seq }
  return found
}

function wrongLine(line: string, seq: number, size: number): Finding {
  const number = /^(\d+)\t/.exec(line)?.[1]
  const kind =
    seq >= size ? 'inserted' : number === undefined || Number(number) === seq ? 'changed' : Number(number) > seq ? 'missing' : 'inserted'
  return { stream: 'index', row: `line ${seq + 1}`, kind, detail: `index.tsv does not name row ${seq} of the log there`, seq }
}

/** The mark of a line `number TAB stream TAB "id"`; undefined if it has another form or number. */
function markAt(bytes: Buffer, start: number, end: number, seq: number): number | undefined {
  const number = `${seq}\t`
  for (let at = 0; at < number.length; at++) if (bytes[start + at] !== number.charCodeAt(at)) return undefined
  let at = start + number.length
  let hash = FNV_START
  for (; at < end && bytes[at] !== TAB; at++) hash = mixed(hash, bytes[at] ?? 0)
  hash = mixed(hash, TAB)
  if (bytes[at + 1] !== QUOTE || bytes[end - 1] !== QUOTE || end - at < 3) return undefined
  for (let letter = at + 2; letter < end - 1; letter++) {
    const unit = bytes[letter] ?? 0
    if (unit === BACKSLASH || unit > ASCII_MAX) return markOfText(bytes.toString('utf8', start + number.length, end))
    hash = mixed(hash, unit)
  }
  return hash >>> 0
}

/** The same for a name with letters that JSON escapes, or beyond ASCII. */
function markOfText(text: string): number | undefined {
  const [stream = '', json = ''] = text.split('\t')
  try {
    const id: unknown = JSON.parse(json)
    return typeof id === 'string' ? markOf(stream, id) : undefined
  } catch {
    return undefined
  }
}

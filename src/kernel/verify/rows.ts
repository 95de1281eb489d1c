import { HASH_BYTES, leafOf } from '#kernel/proof'
import type { BookChecker } from './books.ts'
import { entryFinding } from './books.ts'
import { eachLine } from './lines.ts'
import { markOf } from './listing.ts'
import { readRow } from './row.ts'
import type { Row } from './row.ts'
import type { Finding } from './verdict.ts'

/** A finding that is placed: the row's number in the log, or past its end for rows that have none. */
export interface Placed extends Finding {
  readonly seq: number
}

/** A row whose number another row has too. */
export interface Extra {
  readonly seq: number
  readonly stream: string
  readonly id: string
  readonly leaf: Buffer
}

/** Every row's leaf at the number it claims, and what was wrong with rows by themselves. */
export interface RowTable {
  readonly capacity: number
  readonly leaves: Buffer
  readonly present: Uint8Array
  /** A mark of each row's stream and id, to compare the index with: it need only tell an accident from a name. */
  readonly marks: Uint32Array
  /** Lines of each stream's file. */
  readonly lines: Map<string, number>
  readonly extras: Extra[]
  /** The first of each kind only: there may be as many as rows. */
  readonly issues: Map<string, Placed>
  /** The first row whose table says otherwise than its body: it counts for less than what the row itself shows. */
  differs: Placed | undefined
  fresh: number
}

export function rowTable(capacity: number): RowTable {
  return {
    capacity,
    leaves: Buffer.alloc(capacity * HASH_BYTES),
    present: new Uint8Array(capacity),
    marks: new Uint32Array(capacity),
    lines: new Map(),
    extras: [],
    issues: new Map(),
    differs: undefined,
    fresh: 0,
  }
}

const EXTRAS_MAX = 100_000

/** Reads a stream's file into the table. */
export function readRows(table: RowTable, stream: string, file: string, books: BookChecker | undefined): void {
  let before = -1
  let number = 0
  eachLine(file, (bytes, start, end) => {
    number++
    const row = readRow(bytes, start, end)
    if (row === undefined) {
      note(table, { stream, row: `line ${number}`, kind: 'changed', detail: 'the line has not the form of a row', seq: before + 1 })
      return
    }
    let twin = false
    if (row.seq !== undefined) {
      if (row.seq < before)
        note(table, { stream, row: row.id, kind: 'reordered', detail: `row ${row.seq} stands after row ${before}`, seq: row.seq })
      before = Math.max(before, row.seq)
      twin = table.present[row.seq] === 1
      place(table, stream, row, row.seq)
    } else loose(table, stream, row)
    judge(table, stream, row, twin)
    if (row.place !== 'stray') books?.transfer(row.id, row.body())
  })
  table.lines.set(stream, number)
}

function place(table: RowTable, stream: string, { id, digest }: Row, seq: number): void {
  const leaf = leafOf(stream, id, Buffer.from(digest, 'hex'))
  if (seq >= table.capacity) return note(table, { stream, row: id, kind: 'inserted', detail: `the log ends before row ${seq}`, seq })
  if (table.present[seq] === 1) {
    if (table.extras.length < EXTRAS_MAX) table.extras.push({ seq, stream, id, leaf })
    return
  }
  table.present[seq] = 1
  table.marks[seq] = markOf(stream, id)
  leaf.copy(table.leaves, seq * HASH_BYTES)
}

/** Rows without a number: none may be older than what was sealed, and the youngest wait for their seal. */
function loose(table: RowTable, stream: string, row: Row): void {
  if (row.place === 'fresh') table.fresh++
  else
    note(table, {
      stream,
      row: row.id,
      kind: 'inserted',
      detail: 'it is not in the log, though its transaction is older than what was sealed',
      seq: table.capacity,
    })
}

// Of two rows with one number, that which doesn't give its digest is the one that was slipped in, whichever stands first.
function judge(table: RowTable, stream: string, row: Row, twin: boolean): void {
  const seq = row.seq ?? table.capacity
  if (!row.sound)
    note(table, { stream, row: row.id, kind: twin ? 'inserted' : 'changed', detail: 'its body and salt do not give its digest', seq })
  const earlier = table.issues.get('changed')
  if (twin && row.sound && earlier?.seq === seq) {
    table.issues.delete('changed')
    note(table, { ...earlier, kind: 'inserted' })
  }
  if (row.differs !== undefined && (table.differs === undefined || seq < table.differs.seq))
    table.differs = { ...differing(stream, row, row.differs), seq }
}

function differing(stream: string, row: Row, differs: string): Finding {
  try {
    const told = JSON.parse(differs) as Record<string, unknown>
    const entries = told['entries']
    if (Array.isArray(entries)) {
      const found = entryFinding(row.body(), entries as Parameters<typeof entryFinding>[1])
      if (found !== undefined) return found
    }
    return { stream, row: row.id, kind: 'changed', detail: `its table says otherwise than its body: ${differs.slice(0, 200)}` }
  } catch {
    return { stream, row: row.id, kind: 'changed', detail: 'what its table says is no JSON' }
  }
}

function note(table: RowTable, finding: Placed): void {
  const known = table.issues.get(finding.kind)
  if (known === undefined || finding.seq < known.seq) table.issues.set(finding.kind, finding)
}

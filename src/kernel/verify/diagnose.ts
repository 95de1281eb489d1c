import path from 'node:path'
import { leafOf } from '#kernel/proof'
import { eachLine } from './lines.ts'
import { firstDifference, leafAt, sizeOf } from './record.ts'
import type { LeafRecord } from './record.ts'
import { readRow } from './row.ts'
import type { Placed, RowTable } from './rows.ts'

/** What the diagnosis may look into again: it runs once something is known to be wrong, so it may be slow. */
export interface Scene {
  readonly folder: string
  readonly streams: readonly string[]
  readonly table: RowTable
  readonly log: LeafRecord
  /** How many rows there should be. */
  readonly size: number
}

interface Named {
  readonly stream: string
  readonly id: string
  readonly digest: string
  readonly body: string
}

/** The first number at which the rows are not those of the log, and what was done there; undefined if they are. */
export function diagnose(scene: Scene): Placed | undefined {
  const { table, log, size } = scene
  const extra = [...table.extras].sort((a, b) => a.seq - b.seq)[0]
  let at = firstDifference(table.leaves, log.leaves, Math.min(size, table.capacity))
  const absent = table.present.subarray(0, size).indexOf(0)
  if (absent !== -1 && (at === undefined || absent < at)) at = absent
  if (extra !== undefined && (at === undefined || extra.seq <= at)) return ofExtra(scene, extra)
  if (at === undefined) return undefined
  const places = placesOf(table.leaves, table.present)
  for (const { seq, leaf } of table.extras) places.set(leaf.toString('latin1'), seq)
  const wantedAt = places.get(leafAt(log.leaves, at).toString('latin1'))
  return table.present[at] === 1 ? ofWrong(scene, at, wantedAt) : ofAbsent(scene, at, wantedAt)
}

/** Two rows with one number: the one that the log doesn't have there is the one too many. */
function ofExtra({ table, log, folder, streams }: Scene, { seq, stream, id, leaf }: RowTable['extras'][number]): Placed {
  const first = leafAt(table.leaves, seq)
  const right = leafAt(log.leaves, seq)
  const wrong = leaf.equals(right) && !first.equals(right) ? (rowAt(folder, streams, seq) ?? { stream, id }) : { stream, id }
  const elsewhere =
    placesOf(log.leaves, undefined).has((leaf.equals(right) && !first.equals(right) ? first : leaf).toString('latin1')) &&
    !leaf.equals(first)
  return {
    stream: wrong.stream,
    row: wrong.id,
    kind: elsewhere ? 'reordered' : 'inserted',
    detail: `another row has number ${seq} too`,
    seq,
  }
}

function ofAbsent(scene: Scene, seq: number, wantedAt: number | undefined): Placed {
  const { folder, streams, table, size } = scene
  if (wantedAt !== undefined) {
    const row = rowAt(folder, streams, wantedAt)
    return { ...named(row), kind: 'reordered', detail: `row ${seq} of the log stands as row ${wantedAt}`, seq }
  }
  const rest = table.present.indexOf(1, seq)
  const kind = rest === -1 || rest >= size ? 'truncated' : 'missing'
  const detail =
    kind === 'truncated'
      ? `the rows end at ${seq}, the log at ${size} (or the export is older than the checkpoints)`
      : `row ${seq} of the log is not there`
  return { ...fromIndex(scene, seq), kind, detail, seq }
}

/** Another row stands where the log has its row `seq`. */
function ofWrong(scene: Scene, seq: number, wantedAt: number | undefined): Placed {
  const { folder, streams, table, log } = scene
  const row = rowAt(folder, streams, seq)
  if (row !== undefined && idInBody(row.body) !== undefined && idInBody(row.body) !== row.id) {
    return { ...named(row), kind: 'changed', detail: `its body is that of ${idInBody(row.body)}`, seq }
  }
  const home =
    row === undefined
      ? undefined
      : streams.find((stream) => leafOf(stream, row.id, Buffer.from(row.digest, 'hex')).equals(leafAt(log.leaves, seq)))
  if (home !== undefined) return { ...named(row), kind: 'changed', detail: `it is a row of stream ${home}`, seq }
  const actual = leafAt(table.leaves, seq).toString('latin1')
  const belongs = placesOf(log.leaves, undefined).get(actual)
  if (belongs !== undefined) {
    if (wantedAt === undefined)
      return { ...fromIndex(scene, seq), kind: 'missing', detail: `row ${belongs} of the log stands as row ${seq}`, seq }
    const copies = countOf(table.leaves, actual)
    return {
      ...named(row),
      kind: copies > 1 ? 'inserted' : 'reordered',
      detail: `it is row ${belongs} of the log, and stands as row ${seq}`,
      seq,
    }
  }
  if (wantedAt !== undefined)
    return { ...named(row), kind: 'inserted', detail: `the log has no such row; its row ${seq} stands as row ${wantedAt}`, seq }
  return { ...named(row), kind: 'rewritten', detail: 'its body, salt and digest agree, but the log has another digest', seq }
}

/** Rows and leaves agree with each other but not with a signed checkpoint: somewhere between two checkpoints all was computed anew. */
export function rewritten(scene: Omit<Scene, 'table'>, good: number, bad: number): Placed {
  const row = rowAt(scene.folder, scene.streams, good)
  const detail = `rows ${good} to ${bad - 1} were computed anew, at least one of them altered; with leaves.bin beside the checkpoints it is found exactly`
  return { ...named(row), kind: 'rewritten', detail, seq: good }
}

/** The leaves end before the last checkpoint, and nothing else is left to name what came after. */
export function cutOff(log: LeafRecord, size: number): Placed {
  const seq = sizeOf(log)
  return {
    stream: '?',
    row: '?',
    kind: 'truncated',
    detail: `the log ends at ${seq}, the last checkpoint at ${size} (or the export is older than the checkpoints)`,
    seq,
  }
}

function named(row: Named | undefined): { stream: string; row: string } {
  return row === undefined ? { stream: '?', row: '?' } : { stream: row.stream, row: row.id }
}

/** What the index calls a row that is gone, unless the index was shifted with the rows and names one that is there. */
function fromIndex({ folder, streams, table }: Scene, seq: number): { stream: string; row: string } {
  let found: { stream: string; row: string } | undefined
  try {
    eachLine(path.join(folder, 'index.tsv'), (bytes, start, end) => {
      const [number, stream, id] = bytes.toString('utf8', start, end).split('\t')
      if (Number(number) === seq && stream !== undefined && id !== undefined) found ??= { stream, row: JSON.parse(id) as string }
    })
  } catch {
    // Without an index, or with one that was tampered with, the row has no name.
  }
  if (found === undefined) return { stream: '?', row: '?' }
  const here = table.present[seq] === 1 ? rowAt(folder, streams, seq) : undefined
  return here?.id === found.row ? { stream: '?', row: '?' } : found
}

/** The row that claims a number. */
function rowAt(folder: string, streams: readonly string[], seq: number): Named | undefined {
  let found: Named | undefined
  for (const stream of streams) {
    eachLine(path.join(folder, `${stream}.ndjson`), (bytes, start, end) => {
      if (found !== undefined || !bytes.subarray(start, end).toString('latin1', 0, 40).startsWith(`{"seq":${seq},`)) return
      const row = readRow(bytes, start, end)
      if (row !== undefined) found = { stream, id: row.id, digest: row.digest, body: row.body() }
    })
  }
  return found
}

function idInBody(body: string): string | undefined {
  try {
    const { id } = JSON.parse(body) as { id?: unknown }
    return typeof id === 'string' ? id : undefined
  } catch {
    return undefined
  }
}

/** Where each leaf stands, by its bytes as latin1 text. */
function placesOf(leaves: Buffer, present: Uint8Array | undefined): Map<string, number> {
  const places = new Map<string, number>()
  for (let seq = 0; seq * 32 < leaves.length; seq++)
    if (present === undefined || present[seq] === 1) places.set(leafAt(leaves, seq).toString('latin1'), seq)
  return places
}

function countOf(leaves: Buffer, leaf: string): number {
  let count = 0
  for (let seq = 0; seq * 32 < leaves.length; seq++) if (leafAt(leaves, seq).toString('latin1') === leaf) count++
  return count
}

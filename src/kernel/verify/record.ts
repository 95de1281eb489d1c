import { Frontier, HASH_BYTES } from '#kernel/proof'
import type { Signed } from './notes.ts'

/** A record of the log's leaves, 32 bytes each, and where it came from. */
export interface LeafRecord {
  readonly name: 'outside' | 'export' | 'rows'
  readonly leaves: Buffer
}

/** How a record stands to signed checkpoints: up to `good` leaves it is what was signed; `bad` is the first size at which it isn't. */
export interface Standing {
  readonly record: LeafRecord
  readonly good: number
  readonly bad: number | undefined
}

/** Builds the tree over a record once, and compares its root at every signed size that it reaches. */
export function standingOf(record: LeafRecord, checkpoints: readonly Signed[]): Standing {
  const frontier = new Frontier()
  let good = 0
  for (const { size, root } of checkpoints) {
    if (size > sizeOf(record)) break
    while (frontier.size < size) frontier.append(leafAt(record.leaves, frontier.size))
    if (!frontier.root().equals(root)) return { record, good, bad: size }
    good = size
  }
  return { record, good, bad: undefined }
}

export function sizeOf({ leaves }: LeafRecord): number {
  return Math.floor(leaves.length / HASH_BYTES)
}

export function leafAt(leaves: Buffer, seq: number): Buffer {
  return leaves.subarray(seq * HASH_BYTES, (seq + 1) * HASH_BYTES)
}

/** The first number at which two records differ, or undefined. */
export function firstDifference(a: Buffer, b: Buffer, size: number): number | undefined {
  if (a.subarray(0, size * HASH_BYTES).equals(b.subarray(0, size * HASH_BYTES))) return undefined
  for (let seq = 0; seq < size; seq++) if (!leafAt(a, seq).equals(leafAt(b, seq))) return seq
  return undefined
}

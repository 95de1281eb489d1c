import type { KeyObject } from 'node:crypto'
import { openCheckpoint, splitNotes } from '#kernel/proof'
import { Unusable } from './verdict.ts'
import type { Finding } from './verdict.ts'

/** A checkpoint whose signature is good. */
export interface Signed {
  readonly size: number
  readonly root: Buffer
}

export interface Notes {
  /** By size; the last covers the most. */
  readonly signed: readonly Signed[]
  readonly finding: Finding | undefined
}

/**
 * Opens every note of a checkpoints file. A torn last note is passed over, for the file may have been copied while it grew. `known`
 * holds notes opened before, so that a copy costs no second verification (68 µs each).
 */
export function openNotes(text: string, key: KeyObject, known: Map<string, Signed>): Notes {
  const notes = splitNotes(text)
  const signed = new Map<number, Signed>()
  let finding: Finding | undefined
  let others = 0
  for (const [i, note] of notes.entries()) {
    let checkpoint = known.get(note)
    if (checkpoint === undefined) {
      const opened = openCheckpoint(note, key)
      if (opened === 'malformed' && i === notes.length - 1 && !text.endsWith('\n\n')) break
      if (opened === 'unknown_key') others++
      if (typeof opened === 'string') {
        finding ??= { stream: 'checkpoint', row: `note ${i + 1}`, kind: 'changed', detail: REASONS[opened] }
        continue
      }
      known.set(note, (checkpoint = { size: opened.size, root: opened.root }))
    }
    const twin = signed.get(checkpoint.size)
    if (twin !== undefined && !twin.root.equals(checkpoint.root)) {
      finding ??= {
        stream: 'checkpoint',
        row: `size ${checkpoint.size}`,
        kind: 'rewritten',
        detail: 'two signed checkpoints of this size have different roots',
      }
    }
    signed.set(checkpoint.size, checkpoint)
  }
  if (notes.length > 0 && others === notes.length) throw new Unusable('no checkpoint is signed with this key: it is the key of another log')
  return { signed: [...signed.values()].sort((a, b) => a.size - b.size), finding }
}

const REASONS = {
  malformed: 'it has not the form of a checkpoint',
  unknown_key: 'it is signed with another key',
  bad_signature: 'its signature is not that of its text',
} as const

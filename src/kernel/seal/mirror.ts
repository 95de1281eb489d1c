import type { Connection } from '#kernel/db'
import type { LogFiles } from './log-files.ts'
import { leavesBetween, noteAt, notesAfter, NOTES_MAX } from './log-store.ts'

/** Whether the files say what the database says. `ahead`, `different`: one of them was tampered with or restored; nothing is appended. */
export type FilesState = 'in_step' | 'ahead' | 'different'

// How much of the files' end is compared byte by byte at a start; the whole is for `bin/verify`, which reads every row too.
const COMPARED_MAX = 4_096
const SIZE_LINE = 1

/** Compares the files' end with the database and appends what they lack. Idempotent; run before the first append of a session. */
export async function reconcile(connection: Connection, files: LogFiles, size: number): Promise<FilesState> {
  const state = await files.state()
  const signed = state.lastNote === undefined ? 0 : Number(state.lastNote.split('\n')[SIZE_LINE])
  if (!state.readable || Number.isNaN(signed)) return 'different'
  if (state.size > size || signed > size) return 'ahead'
  if (state.lastNote !== undefined && (await noteAt(connection, signed)) !== state.lastNote) return 'different'
  const from = Math.max(0, state.size - COMPARED_MAX)
  const [inFile, inDatabase] = [await files.leaves(from, state.size), await leavesBetween(connection, from, state.size)]
  if (!inFile.equals(inDatabase)) return 'different'
  await catchUp(connection, files, { leaves: state.size, signed, size })
  return 'in_step'
}

/** Appends in slices of `NOTES_MAX` checkpoints, each after its leaves. */
async function catchUp(connection: Connection, files: LogFiles, at: { leaves: number; signed: number; size: number }): Promise<void> {
  let { leaves, signed } = at
  await appendLeaves(connection, files, leaves, signed)
  leaves = Math.max(leaves, signed)
  while (signed < at.size) {
    const notes = await notesAfter(connection, signed)
    const last = notes.at(-1)
    if (last === undefined) throw new Error(`no checkpoint after ${signed}, though the log has ${at.size} leaves`)
    await appendLeaves(connection, files, leaves, last.size)
    await files.append(
      Buffer.alloc(0),
      notes.map(({ note }) => note),
    )
    leaves = Math.max(leaves, last.size)
    signed = last.size
    if (notes.length < NOTES_MAX && signed < at.size) throw new Error(`the checkpoints end at ${signed}, the log at ${at.size}`)
  }
}

const SLICE_LEAVES = 50_000

async function appendLeaves(connection: Connection, files: LogFiles, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += SLICE_LEAVES)
    await files.append(await leavesBetween(connection, at, Math.min(to, at + SLICE_LEAVES)), [])
}

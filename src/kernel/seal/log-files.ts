import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { makeFolder } from '#kernel/db'
import { HASH_BYTES, splitNotes } from '#kernel/proof'

export const LEAVES_FILE = 'leaves.bin'
export const CHECKPOINTS_FILE = 'checkpoints.txt'

/** What the files hold, after a torn tail was cut off. */
export interface LogFilesState {
  readonly size: number
  readonly lastNote: string | undefined
  /** Whether checkpoints.txt ends as a file of ours does. If not, nothing was cut. */
  readonly readable: boolean
}

const TAIL_BYTES = 4_096
// A note is about 260 bytes: what is left over and longer was not torn off by a crash.
const TORN_MAX = 1_024

/**
 * The record of the log outside the database: leaf hashes of 32 bytes each, and signed checkpoints. Opened to append only, so that the
 * folder may be one whose files the system lets nobody rewrite. One process at a time appends (the sealer's lock sees to it).
 */
export class LogFiles {
  readonly #leaves: FileHandle
  readonly #notes: FileHandle

  private constructor(leaves: FileHandle, notes: FileHandle) {
    this.#leaves = leaves
    this.#notes = notes
  }

  static async open(folder: string): Promise<LogFiles> {
    await makeFolder(folder)
    const leaves = await open(path.join(folder, LEAVES_FILE), 'a+', 0o644)
    try {
      return new LogFiles(leaves, await open(path.join(folder, CHECKPOINTS_FILE), 'a+', 0o644))
    } catch (error) {
      await leaves.close()
      throw error
    }
  }

  /** Cuts off what a crash left half written, and says what is there. */
  async state(): Promise<LogFilesState> {
    const { size: bytes } = await this.#leaves.stat()
    const torn = bytes % HASH_BYTES
    if (torn > 0) await this.#leaves.truncate(bytes - torn)
    return { size: (bytes - torn) / HASH_BYTES, ...(await this.#lastNote()) }
  }

  async #lastNote(): Promise<Pick<LogFilesState, 'lastNote' | 'readable'>> {
    const { size } = await this.#notes.stat()
    const from = Math.max(0, size - TAIL_BYTES)
    const tail = Buffer.alloc(size - from)
    await this.#notes.read(tail, 0, tail.length, from)
    // A whole note ends with its signature line and an empty one. Bytes, not characters, so that offsets are the file's.
    const ends = [...tail.toString('latin1').matchAll(/\n\xe2\x80\x94 [^\n]*\n\n/g)].map((end) => end.index + end[0].length)
    const end = ends.at(-1) ?? 0
    if (tail.length - end > TORN_MAX) return { lastNote: undefined, readable: false }
    if (end < tail.length) await this.#notes.truncate(from + end)
    return { lastNote: splitNotes(tail.subarray(ends.at(-2) ?? 0, end).toString()).at(-1), readable: true }
  }

  /** The leaves [from, to), 32 bytes each. */
  async leaves(from: number, to: number): Promise<Buffer> {
    const bytes = Buffer.alloc((to - from) * HASH_BYTES)
    const { bytesRead } = await this.#leaves.read(bytes, 0, bytes.length, from * HASH_BYTES)
    return bytes.subarray(0, bytesRead)
  }

  /** Leaves are on the disk before the checkpoint that signs them is written. */
  async append(leaves: Buffer, notes: readonly string[]): Promise<void> {
    await this.#leaves.appendFile(leaves)
    await this.#leaves.datasync()
    await this.#notes.appendFile(notes.map((note) => `${note}\n`).join(''))
    await this.#notes.datasync()
  }

  async close(): Promise<void> {
    await this.#leaves.close()
    await this.#notes.close()
  }
}

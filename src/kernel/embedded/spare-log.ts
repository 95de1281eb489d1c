import { link, open, readdir, rm, statfs } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, sql } from '#kernel/db'
import type { Connection } from '#kernel/db'
import type { Place } from './place.ts'

/** So many files stand ready beyond the one in use: at full load about six seconds of writing. */
export const spareFiles = 12
/** PostgreSQL's log is a row of files of this size. */
export const logFile_bytes = 16 * 1024 * 1024
const filesOfOneNumber = 0x1_0000_0000 / logFile_bytes

const look_ms = 500
/** A disk with less than this many times the room of the spare files keeps it for its user. */
const roomFactor = 16
const zeros = Buffer.alloc(1024 * 1024)
/** After each part, flushed by itself, commits get their turn: at most five files a second. */
const rest_ms = 10
/** After a crash PostgreSQL removes files whose names begin so. */
const draftName = 'xlogtemp.holdfast'

/**
 * Makes the files that PostgreSQL's log will need before it needs them, for else the commit that comes to the end of one waits while the
 * next is filled with zeros and flushed (decision 0021). A file is made aside, whole and flushed, and gets its name only where there is
 * none of that name; PostgreSQL takes a file that stands there as its own. Once checkpoints hand enough old files on, there is nothing to do.
 */
export class SpareLog {
  readonly #folder: string
  readonly #place: Place
  readonly #session: () => Connection
  readonly #say: (sentence: string) => void
  readonly #timer: NodeJS.Timeout
  #work: Promise<void> | undefined
  #stopping = false

  constructor(place: Place, { session, say }: { readonly session: () => Connection; readonly say: (sentence: string) => void }) {
    this.#place = place
    this.#folder = path.join(place.cluster, 'pg_wal')
    this.#session = session
    this.#say = say
    this.#timer = setInterval(() => this.#look(), look_ms)
    this.#timer.unref()
    this.#look()
  }

  /** Leaves the file it is at unmade: whoever ends the program does not wait for what the next start makes as well. */
  async stop(): Promise<void> {
    this.#stopping = true
    clearInterval(this.#timer)
    await this.#work
  }

  #look(): void {
    this.#work ??= this.#makeMissing()
      .catch((error: unknown) => {
        clearInterval(this.#timer)
        this.#say(`No spare files are made for PostgreSQL's log, so some commits take longer: ${messageOf(error)}`)
      })
      .finally(() => (this.#work = undefined))
  }

  async #makeMissing(): Promise<void> {
    // While PostgreSQL is away there is nothing to prepare; who watches it says so.
    const inUse = await this.#inUse().catch(() => undefined)
    if (inUse === undefined) return
    const there = new Set(await readdir(this.#folder))
    if (there.has(draftName)) await this.#dropDraft()
    for (let ahead = 1; ahead <= spareFiles; ahead++) {
      const name = logFileAfter(inUse, ahead)
      if (there.has(name)) continue
      if (this.#stopping || !(await this.#hasRoom())) return
      await this.#make(name)
    }
  }

  async #inUse(): Promise<string | undefined> {
    const [row] = await this.#session().query<{ name: string }>(sql`select pg_walfile_name(pg_current_wal_insert_lsn()) as name`)
    return row?.name
  }

  async #hasRoom(): Promise<boolean> {
    const disk = await statfs(this.#folder)
    return disk.bavail * disk.bsize >= spareFiles * logFile_bytes * roomFactor
  }

  async #make(name: string): Promise<void> {
    const draft = path.join(this.#folder, draftName)
    try {
      if (!(await this.#fill(draft))) return
      await link(draft, path.join(this.#folder, name)).catch((error: NodeJS.ErrnoException) => {
        // PostgreSQL was faster.
        if (error.code !== 'EEXIST') throw error
      })
    } finally {
      await this.#dropDraft()
    }
    await flushFolder(this.#folder)
  }

  /** False if it was left half made, for the program ends. */
  async #fill(draft: string): Promise<boolean> {
    // Never one that is there: were we killed between the two names, it is a file of the log by its other name.
    const file = await open(draft, 'wx', 0o600)
    try {
      const { uid, gid } = this.#place.account
      if (uid !== undefined && gid !== undefined) await file.chown(uid, gid)
      for (let at = 0; at < logFile_bytes; at += zeros.length) {
        if (this.#stopping) return false
        await file.write(zeros, 0, zeros.length, at)
        await file.sync()
        await sleep(rest_ms, undefined, { ref: false })
      }
      return true
    } finally {
      await file.close()
    }
  }

  async #dropDraft(): Promise<void> {
    await rm(path.join(this.#folder, draftName), { force: true })
  }
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The name of the file so many behind this one: timeline, the position's upper half, and which file of that half, eight hexadecimal digits each. */
export function logFileAfter(name: string, ahead: number): string {
  const [upper, file] = [Number.parseInt(name.slice(8, 16), 16), Number.parseInt(name.slice(16), 16)]
  const number = upper * filesOfOneNumber + file + ahead
  const digits = (n: number): string => n.toString(16).toUpperCase().padStart(8, '0')
  return name.slice(0, 8) + digits(Math.floor(number / filesOfOneNumber)) + digits(number % filesOfOneNumber)
}

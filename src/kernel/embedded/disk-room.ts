import { statfs } from 'node:fs/promises'

const look_ms = 250
// PostgreSQL ends itself when it finds no room for the next 16 MB of its log, and cannot come back before there is some. Several of them
// are left, for what is under way while we look, and for what the log's recovery and a checkpoint write.
const least_bytes = 64 * 1024 * 1024
const enoughAgain_bytes = 96 * 1024 * 1024

/** Whether the disk of a folder has room for more, looked at four times a second. */
export class DiskRoom {
  readonly #folder: string
  readonly #say: (sentence: string) => void
  readonly #timer: NodeJS.Timeout
  #enough = true

  constructor(folder: string, say: (sentence: string) => void) {
    this.#folder = folder
    this.#say = say
    this.#timer = setInterval(() => void this.#look(), look_ms)
    this.#timer.unref()
  }

  get enough(): boolean {
    return this.#enough
  }

  close(): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    // A folder that cannot be asked about refuses nobody: PostgreSQL will tell.
    const found = await statfs(this.#folder).catch(() => undefined)
    if (found === undefined) return
    const free = found.bavail * found.bsize
    const enough = free >= (this.#enough ? least_bytes : enoughAgain_bytes)
    if (enough === this.#enough) return
    this.#enough = enough
    const mb = Math.round(free / 1_000_000)
    this.#say(
      enough
        ? `The disk of ${this.#folder} has room again (${mb} MB): writing goes on.`
        : `The disk of ${this.#folder} is nearly full (${mb} MB left): nothing is written, what is there can be read. Free space: 100 MB or more.`,
    )
  }
}

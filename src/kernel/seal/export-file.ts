import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'

const BUFFERED_MAX = 1024 * 1024

/** A new file that is written line by line, a megabyte at a time, and is on the disk once closed. */
export class ExportFile {
  readonly #file: FileHandle
  #buffered: string[] = []
  #length = 0
  #lines = 0

  private constructor(file: FileHandle) {
    this.#file = file
  }

  static async open(name: string): Promise<ExportFile> {
    return new ExportFile(await open(name, 'wx'))
  }

  get lines(): number {
    return this.#lines
  }

  async line(text: string): Promise<void> {
    this.#lines++
    this.#buffered.push(text, '\n')
    this.#length += text.length
    if (this.#length > BUFFERED_MAX) await this.#flush()
  }

  async write(bytes: Buffer): Promise<void> {
    await this.#file.appendFile(bytes)
  }

  async close(): Promise<void> {
    await this.#flush()
    await this.#file.sync()
    await this.#file.close()
  }

  async #flush(): Promise<void> {
    const text = this.#buffered.join('')
    this.#buffered = []
    this.#length = 0
    if (text.length > 0) await this.#file.appendFile(text)
  }
}

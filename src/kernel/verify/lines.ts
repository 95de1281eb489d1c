import { closeSync, openSync, readSync } from 'node:fs'

const CHUNK_BYTES = 4 * 1024 * 1024
const LINE_MAX = 64 * 1024 * 1024
const NEWLINE = 0x0a

/** Calls `hear` with each line of a file as a range of a buffer that is valid during the call only. The last line may lack its newline. */
export function eachLine(file: string, hear: (bytes: Buffer, start: number, end: number) => void): void {
  const handle = openSync(file, 'r')
  try {
    let bytes: Buffer = Buffer.allocUnsafe(CHUNK_BYTES)
    let kept = 0
    for (;;) {
      if (kept === bytes.length) {
        if (bytes.length >= LINE_MAX) throw new Error(`${file} has a line longer than ${LINE_MAX} bytes`)
        bytes = Buffer.concat([bytes, Buffer.allocUnsafe(bytes.length)])
      }
      const read = readSync(handle, bytes, kept, bytes.length - kept, null)
      if (read === 0) break
      const filled = kept + read
      let start = 0
      for (let end = bytes.indexOf(NEWLINE, kept); end !== -1 && end < filled; end = bytes.indexOf(NEWLINE, start)) {
        hear(bytes, start, end)
        start = end + 1
      }
      bytes.copyWithin(0, start, filled)
      kept = filled - start
    }
    if (kept > 0) hear(bytes, 0, kept)
  } finally {
    closeSync(handle)
  }
}

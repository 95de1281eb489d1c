import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { digestOf } from '#kernel/digest'
import { leafOf } from '#kernel/proof'

/** A line of an export, taken apart so that a test can tamper with it. */
export interface CopiedRow {
  seq: number | string
  stream: string
  id: string
  digest: string
  salt: string
  body: string
}

/** An export in memory: what a forger has before them. */
export interface ExportCopy {
  rows: CopiedRow[]
  index: string[]
  leaves: Buffer[]
  checkpoints: string
}

export const STREAMS = ['audit', 'event', 'transfer']
const LINE = /^\{"seq":(\d+|"\w+"),"id":"([^"]*)","digest":"(\w+)","salt":"(\w+)",(?:"row":.*,)?"body":(.*)\}$/

export function readCopy(folder: string): ExportCopy {
  const rows = STREAMS.flatMap((stream) =>
    linesOf(path.join(folder, `${stream}.ndjson`)).map((line): CopiedRow => {
      const [, seq = '', id = '', digest = '', salt = '', body = ''] = LINE.exec(line) ?? []
      return { seq: /^\d/.test(seq) ? Number(seq) : seq, stream, id, digest, salt, body }
    }),
  )
  const bytes = readFileSync(path.join(folder, 'leaves.bin'))
  return {
    rows: rows.sort((a, b) => Number(a.seq) - Number(b.seq)),
    index: linesOf(path.join(folder, 'index.tsv')),
    leaves: Array.from({ length: bytes.length / 32 }, (_, i) => bytes.subarray(i * 32, i * 32 + 32)),
    checkpoints: readFileSync(path.join(folder, 'checkpoints.txt'), 'utf8'),
  }
}

/** Makes a folder hold a copy, with the files that are not tampered with as in the original. Only what differs is written: a test asks hundreds of times. */
export function writeCopy(copy: ExportCopy, original: string, folder: string): void {
  mkdirSync(folder, { recursive: true })
  const put = (name: string, content: Buffer): void => {
    const file = path.join(folder, name)
    if (!existsSync(file) || !readFileSync(file).equals(content)) writeFileSync(file, content)
  }
  const lines = (all: readonly string[]): Buffer => Buffer.from(all.map((line) => `${line}\n`).join(''))
  for (const name of ['manifest.json', 'public.pem', 'accounts.ndjson', 'orphans.ndjson'])
    put(name, readFileSync(path.join(original, name)))
  for (const stream of STREAMS) put(`${stream}.ndjson`, lines(copy.rows.filter((row) => row.stream === stream).map(lineOf)))
  put('index.tsv', lines(copy.index))
  put('leaves.bin', Buffer.concat(copy.leaves))
  put('checkpoints.txt', Buffer.from(copy.checkpoints))
}

/** Gives a row the digest of its body, as a forger would who knows the format. */
export function rehashed(row: CopiedRow): CopiedRow {
  return { ...row, digest: digestOf(Buffer.from(row.salt, 'hex'), row.body).toString('hex') }
}

/** Numbers rows, index and leaves anew in the order of the rows: the log of a world in which they were always so. */
export function renumbered(copy: ExportCopy): ExportCopy {
  const rows = copy.rows.map((row, seq) => ({ ...row, seq }))
  return {
    ...copy,
    rows,
    index: rows.map((row) => `${row.seq}\t${row.stream}\t${JSON.stringify(row.id)}`),
    leaves: rows.map((row) => leafOf(row.stream, row.id, Buffer.from(row.digest, 'hex'))),
  }
}

function lineOf({ seq, id, digest, salt, body }: CopiedRow): string {
  return `{"seq":${seq},"id":"${id}","digest":"${digest}","salt":"${salt}","body":${body}}`
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1)
}

import { hash } from 'node:crypto'

/** A line of a stream's file. `seq` is undefined for rows that are not in the log: `place` says which kind. */
export interface Row {
  readonly seq: number | undefined
  readonly place: 'log' | 'stray' | 'fresh'
  readonly id: string
  readonly digest: string
  /** Whether the digest is that of salt and body. */
  readonly sound: boolean
  /** What the table says otherwise than the body, as JSON text. */
  readonly differs: string | undefined
  /** The body's bytes, for reading it: a range of the buffer that was parsed, or a buffer of their own. */
  readonly body: () => string
}

const HEAD =
  /^\{"seq":(0|[1-9]\d{0,14}|"stray"|"fresh"),"id":("(?:[^"\\]|\\.)*"),"digest":"([0-9a-f]{64})","salt":"([0-9a-f]{32})",("row":|"body":|"text":)/
const HEAD_MAX = 1_024
const PLAIN = /^[\x20-\x7e]*$/
const SALT_BYTES = 16
const BODY_MARK = Buffer.from(',"body":')
const TEXT_MARK = Buffer.from(',"text":')

let scratch = Buffer.allocUnsafe(64 * 1024)

/** Reads a line in exactly the form that an export writes, and checks its digest; undefined for anything else. */
export function readRow(bytes: Buffer, start: number, end: number): Row | undefined {
  const head = HEAD.exec(bytes.toString('latin1', start, Math.min(end, start + HEAD_MAX)))
  if (head === null || bytes[end - 1] !== 0x7d) return undefined
  const [whole, seq = '', idText = '', digest = '', salt = '', next = ''] = head
  let at = start + whole.length
  let differs: string | undefined
  let mark = next
  if (mark === '"row":') {
    const [body, text] = [bytes.indexOf(BODY_MARK, at), bytes.indexOf(TEXT_MARK, at)].map((found) =>
      found === -1 || found >= end ? end : found,
    ) as [number, number]
    const found = Math.min(body, text)
    if (found === end) return undefined
    differs = bytes.toString('utf8', at, found)
    mark = body < text ? '"body":' : '"text":'
    at = found + BODY_MARK.length
  }
  const escaped = mark === '"text":'
  const body = escaped ? textOf(bytes.toString('utf8', at, end - 1)) : undefined
  const id =
    PLAIN.test(idText) && !idText.includes('\\') ? idText.slice(1, -1) : textOf(Buffer.from(idText, 'latin1').toString())?.toString()
  if (id === undefined || (escaped && body === undefined)) return undefined
  const sound = (body === undefined ? digestOf(salt, bytes, at, end - 1) : digestOf(salt, body, 0, body.length)) === digest
  const place = seq === '"stray"' ? 'stray' : seq === '"fresh"' ? 'fresh' : 'log'
  const from = at
  return {
    seq: place === 'log' ? Number(seq) : undefined,
    place,
    id,
    digest,
    sound,
    differs,
    body: () => body?.toString() ?? bytes.toString('utf8', from, end - 1),
  }
}

/** SHA-256(salt ‖ bytes), in hex. */
function digestOf(salt: string, bytes: Buffer, start: number, end: number): string {
  if (scratch.length < SALT_BYTES + end - start) scratch = Buffer.allocUnsafe(2 * (SALT_BYTES + end - start))
  scratch.write(salt, 0, 'hex')
  bytes.copy(scratch, SALT_BYTES, start, end)
  return hash('sha256', scratch.subarray(0, SALT_BYTES + end - start))
}

function textOf(json: string): Buffer | undefined {
  try {
    const text: unknown = JSON.parse(json)
    return typeof text === 'string' ? Buffer.from(text) : undefined
  } catch {
    return undefined
  }
}

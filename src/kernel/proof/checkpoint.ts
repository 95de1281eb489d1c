import { sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { sha256 } from './canonical.ts'
import { HASH_BYTES } from './merkle.ts'

/** The state of the log at one moment: how many leaves, their root, and when it was signed (ISO 8601, UTC, milliseconds). */
export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Buffer
  readonly time: string
}

/** Why a note is not believed. `unknown_key`: another key than the one given. */
export type NoteFlaw = 'malformed' | 'unknown_key' | 'bad_signature'

const ED25519_ALGORITHM = 0x01
const KEY_ID_BYTES = 4
const SIGNATURE_BYTES = 64
const TIME = /^time (\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)$/
const SIZE = /^(?:0|[1-9]\d{0,15})$/

/**
 * A signed note (C2SP signed-note, tlog-checkpoint): origin, size, base64 root, one extension line with the time, an empty line, and
 * `— <origin> <base64 of key id ‖ signature>`. The signature covers the lines before the empty one, their newlines included.
 */
export function signCheckpoint(checkpoint: Checkpoint, privateKey: KeyObject, publicKey: KeyObject): string {
  const body = bodyOf(checkpoint)
  const signature = sign(null, Buffer.from(body), privateKey)
  return `${body}\n— ${checkpoint.origin} ${Buffer.concat([keyIdOf(checkpoint.origin, publicKey), signature]).toString('base64')}\n`
}

/** The checkpoint a note holds if the key signed it, else what is wrong with it. Only the exact form `signCheckpoint` writes is taken. */
export function openCheckpoint(note: string, publicKey: KeyObject): Checkpoint | NoteFlaw {
  const lines = note.split('\n')
  const [origin, size, root, time] = lines
  const stamp = TIME.exec(time ?? '')?.[1]
  if (lines.length !== 7 || !origin || !SIZE.test(size ?? '') || !root || !stamp) return 'malformed'
  const checkpoint = { origin, size: Number(size), root: Buffer.from(root, 'base64'), time: stamp }
  if (!Number.isSafeInteger(checkpoint.size) || checkpoint.root.length !== HASH_BYTES) return 'malformed'
  const body = bodyOf(checkpoint)
  const mark = `${body}\n— ${origin} `
  if (!note.startsWith(mark)) return 'malformed'
  const signed = Buffer.from(note.slice(mark.length, -1), 'base64')
  if (signed.length !== KEY_ID_BYTES + SIGNATURE_BYTES || `${mark}${signed.toString('base64')}\n` !== note) return 'malformed'
  if (!signed.subarray(0, KEY_ID_BYTES).equals(keyIdOf(origin, publicKey))) return 'unknown_key'
  return verify(null, Buffer.from(body), publicKey, signed.subarray(KEY_ID_BYTES)) ? checkpoint : 'bad_signature'
}

/** The four bytes by which a note names its key: the start of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ raw public key). */
export function keyIdOf(name: string, publicKey: KeyObject): Buffer {
  return sha256(Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ED25519_ALGORITHM), rawKeyOf(publicKey)])).subarray(0, KEY_ID_BYTES)
}

/** The notes of a checkpoints file, each with its own trailing newline. Between two notes stands an empty line; a torn last note stays as it is. */
export function splitNotes(file: string): string[] {
  const lines = file.split('\n')
  const notes: string[] = []
  for (let at = 0; at < lines.length && !(at === lines.length - 1 && lines[at] === ''); at += NOTE_LINES + 1) {
    const note = lines.slice(at, at + NOTE_LINES)
    notes.push(at + NOTE_LINES < lines.length ? `${note.join('\n')}\n` : note.join('\n'))
  }
  return notes
}

const NOTE_LINES = 6

function bodyOf({ origin, size, root, time }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\ntime ${time}\n`
}

function rawKeyOf(publicKey: KeyObject): Buffer {
  const { x } = publicKey.export({ format: 'jwk' })
  if (publicKey.asymmetricKeyType !== 'ed25519' || x === undefined) throw new TypeError('not an Ed25519 public key')
  return Buffer.from(x, 'base64url')
}

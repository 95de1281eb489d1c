import { hash } from 'node:crypto'

const HEADER_BYTES = 5
const TEXT = 0x54 // T
const BYTES = 0x42 // B

/** SHA-256 of `bytes`. Through a latin1 string: `crypto.hash(…, 'buffer')` allocates off the heap and took 1.4 µs against 0.6. */
export function sha256(bytes: Uint8Array): Buffer {
  return Buffer.from(hash('sha256', bytes, 'binary'), 'latin1')
}

/**
 * Bytes that say exactly `fields` under a `domain` such as `holdfast.leaf.v1`: injective, so two different inputs never share bytes.
 * Each item is a kind byte (T text in UTF-8, B bytes), a u32 big-endian length, and its content; the domain is the first item.
 * Throws RangeError on text that is not well-formed: a lone surrogate would become U+FFFD, and two texts would share one hash.
 */
export function encode(domain: string, fields: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat([domain, ...fields].flatMap(item))
}

function item(field: string | Uint8Array): Uint8Array[] {
  if (typeof field === 'string' && !field.isWellFormed()) throw new RangeError('text is not well-formed Unicode')
  const content = typeof field === 'string' ? Buffer.from(field) : field
  const header = Buffer.alloc(HEADER_BYTES, typeof field === 'string' ? TEXT : BYTES)
  header.writeUInt32BE(content.length, 1)
  return [header, content]
}

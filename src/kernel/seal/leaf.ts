import { encode } from './canonical.ts'
import { leafHash } from './merkle.ts'

export const LEAF_DOMAIN = 'holdfast.leaf.v1'

/** The log's hash for one row: it commits to the stream, the row's id and the row's salted digest, not to the payload itself. */
export function leafOf(stream: string, id: string, digest: Uint8Array): Buffer {
  return leafHash(encode(LEAF_DOMAIN, [stream, id, digest]))
}

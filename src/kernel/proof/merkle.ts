import { hash } from 'node:crypto'
import { sha256 } from './canonical.ts'

// RFC 6962 §2.1: the two prefixes keep a leaf from ever being read as a node.
const LEAF_PREFIX = 0x00
const NODE_PREFIX = 0x01
export const HASH_BYTES = 32

/** The root of the tree without leaves: SHA-256 of nothing (RFC 6962 §2.1). */
export const EMPTY_ROOT: Buffer = sha256(Buffer.alloc(0))

const nodeInput = Buffer.alloc(1 + 2 * HASH_BYTES)
nodeInput[0] = NODE_PREFIX

/** SHA-256(0x00 ‖ data). */
export function leafHash(data: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(1 + data.length)
  input[0] = LEAF_PREFIX
  input.set(data, 1)
  return sha256(input)
}

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  nodeInput.set(left, 1)
  nodeInput.set(right, 1 + HASH_BYTES)
  return Buffer.from(hash('sha256', nodeInput, 'binary'), 'latin1')
}

/** Told of every interior node the moment its last leaf arrives: `level` 1 is a pair of leaves, `index` counts within the level. */
export type OnNode = (level: number, index: number, hash: Buffer) => void

/**
 * The growing edge of an RFC 6962 tree: the roots of its complete subtrees, largest first, one per bit set in `size`.
 * Appending n leaves costs n node hashes in all; a tree of any size is 53 hashes at most.
 */
export class Frontier {
  #size: number
  readonly #hashes: Buffer[]

  constructor(size = 0, hashes: readonly Buffer[] = []) {
    if (!Number.isSafeInteger(size) || size < 0 || hashes.length !== bitsSet(size))
      throw new RangeError(`no frontier of size ${size} has ${hashes.length} hashes`)
    this.#size = size
    this.#hashes = [...hashes]
  }

  get size(): number {
    return this.#size
  }

  get hashes(): readonly Buffer[] {
    return this.#hashes
  }

  append(leaf: Buffer, onNode?: OnNode): void {
    let index = this.#size
    let level = 0
    let carried = leaf
    while (index % 2 === 1) {
      const left = this.#hashes.pop()
      if (left === undefined) throw new Error('frontier lost a subtree')
      carried = nodeHash(left, carried)
      index = (index - 1) / 2
      level++
      onNode?.(level, index, carried)
    }
    this.#hashes.push(carried)
    this.#size++
  }

  root(): Buffer {
    return (
      this.#hashes.reduceRight<Buffer | undefined>((right, left) => (right === undefined ? left : nodeHash(left, right)), undefined) ??
      EMPTY_ROOT
    )
  }
}

function bitsSet(size: number): number {
  let bits = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2
  return bits
}

import { concat, encode, sha256, type Bytes } from '#services/bytes.ts'

// RFC 6962 trees: 0x00 before a leaf, 0x01 before a node.

const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

/** The log's hash for one row: it commits to the row's salted digest, not to its text. */
export const leafOf = (stream: string, id: string, digest: Uint8Array): Promise<Bytes> =>
  sha256(concat(LEAF, encode('holdfast.leaf.v1', [stream, id, digest])))

const nodeOf = (left: Uint8Array, right: Uint8Array): Promise<Bytes> => sha256(concat(NODE, left, right))

// Division, not `>>`: a log can grow past 2^32.
const half = (n: number) => Math.floor(n / 2)

export type Climb = { readonly sibling: Bytes; readonly side: 'left' | 'right'; readonly hash: Bytes }

/** Climbs from a leaf to the root it leads to (RFC 9162 §2.1.3.2), each level kept to be shown; undefined if the path doesn't fit. */
export const climb = async (index: number, size: number, leaf: Bytes, path: readonly Bytes[]): Promise<readonly Climb[] | undefined> => {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return undefined
  let fn = index
  let sn = size - 1
  let hash = leaf
  const steps: Climb[] = []
  for (const sibling of path) {
    if (sn === 0) return undefined
    const left = fn % 2 === 1 || fn === sn
    hash = left ? await nodeOf(sibling, hash) : await nodeOf(hash, sibling)
    if (left)
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn)
        sn = half(sn)
      }
    steps.push({ sibling, side: left ? 'left' : 'right', hash })
    fn = half(fn)
    sn = half(sn)
  }
  return sn === 0 ? steps : undefined
}

const isPowerOfTwo = (n: number): boolean => {
  let rest = n
  while (rest > 1 && rest % 2 === 0) rest /= 2
  return rest === 1
}

const equal = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, at) => byte === b[at])

export type Growth = {
  readonly first: number
  readonly second: number
  readonly firstRoot: Bytes
  readonly secondRoot: Bytes
  readonly path: readonly Bytes[]
}

/** Whether the larger tree begins with the smaller (RFC 9162 §2.1.4.2): nothing of it was removed or changed. */
export const contains = async ({ first, second, firstRoot, secondRoot, path }: Growth): Promise<boolean> => {
  if (first < 1 || first > second) return false
  if (first === second) return path.length === 0 && equal(firstRoot, secondRoot)
  const [start, ...rest] = isPowerOfTwo(first) ? [firstRoot, ...path] : path
  if (!start) return false
  let fn = first - 1
  let sn = second - 1
  while (fn % 2 === 1) {
    fn = half(fn)
    sn = half(sn)
  }
  let smaller = start
  let larger = start
  for (const sibling of rest) {
    if (sn === 0) return false
    if (fn % 2 === 1 || fn === sn) {
      smaller = await nodeOf(sibling, smaller)
      larger = await nodeOf(sibling, larger)
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn)
        sn = half(sn)
      }
    } else larger = await nodeOf(larger, sibling)
    fn = half(fn)
    sn = half(sn)
  }
  return sn === 0 && equal(smaller, firstRoot) && equal(larger, secondRoot)
}

import { EMPTY_ROOT, HASH_BYTES, nodeHash } from './merkle.ts'

/** That the leaf at `index` is in the tree of `size` leaves. */
export interface InclusionProof {
  readonly index: number
  readonly size: number
  readonly leaf: Buffer
  readonly path: readonly Buffer[]
}

/** That the tree of `second` leaves begins with the tree of `first` leaves. */
export interface ConsistencyProof {
  readonly first: number
  readonly second: number
  readonly firstRoot: Buffer
  readonly secondRoot: Buffer
  readonly path: readonly Buffer[]
}

/** Whether the proof leads to `root` (RFC 9162 §2.1.3.2). Never throws on a malformed proof. */
export function verifyInclusion({ index, size, leaf, path }: InclusionProof, root: Buffer): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false
  if (![leaf, root, ...path].every(isHash)) return false
  let fn = index
  let sn = size - 1
  let hash = leaf
  for (const sibling of path) {
    if (sn === 0) return false
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash)
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn)
        sn = half(sn)
      }
    } else hash = nodeHash(hash, sibling)
    fn = half(fn)
    sn = half(sn)
  }
  return sn === 0 && hash.equals(root)
}

/** Whether the larger tree extends the smaller (RFC 9162 §2.1.4.2). Never throws on a malformed proof. */
export function verifyConsistency({ first, second, firstRoot, secondRoot, path }: ConsistencyProof): boolean {
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(second) || first < 0 || first > second) return false
  if (![firstRoot, secondRoot, ...path].every(isHash)) return false
  if (first === second) return path.length === 0 && firstRoot.equals(secondRoot)
  if (first === 0) return path.length === 0 && firstRoot.equals(EMPTY_ROOT)
  const [start, ...rest] = isPowerOfTwo(first) ? [firstRoot, ...path] : path
  if (start === undefined) return false
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
      smaller = nodeHash(sibling, smaller)
      larger = nodeHash(sibling, larger)
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn)
        sn = half(sn)
      }
    } else larger = nodeHash(larger, sibling)
    fn = half(fn)
    sn = half(sn)
  }
  return sn === 0 && smaller.equals(firstRoot) && larger.equals(secondRoot)
}

// Division, not `>>`: sizes go past 2^32.
function half(n: number): number {
  return Math.floor(n / 2)
}

function isPowerOfTwo(n: number): boolean {
  let rest = n
  while (rest % 2 === 0) rest /= 2
  return rest === 1
}

function isHash(bytes: Buffer): boolean {
  return bytes.length === HASH_BYTES
}

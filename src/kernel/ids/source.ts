import { getRandomValues } from 'node:crypto'
import { idSource } from './id.ts'
import type { Id, IdSource } from './id.ts'

const random80 = (): bigint => {
  const [a = 0, b = 0, c = 0] = getRandomValues(new Uint32Array(3))
  return (BigInt(a) << 48n) | (BigInt(b) << 16n) | BigInt(c & 0xffff)
}

// Machine time and the platform's randomness.
const machineIds: IdSource = idSource({ now: () => Date.now(), random: random80 })

// Repeatable ids: the same seed and the same times give the same ids. Not secret and not for anything but a demo or a test
// (SplitMix64, Steele, Lea and Flood, 2014).
export const seededIds = (seed: number, now: () => number): IdSource => {
  let state = BigInt.asUintN(64, BigInt(seed))
  const next = (): bigint => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n)
    let mixed = BigInt.asUintN(64, (state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n)
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn)
    return mixed ^ (mixed >> 31n)
  }
  return idSource({ now, random: () => (next() << 16n) | (next() & 0xffffn) })
}

let current: IdSource = machineIds

// A new id of the prefix, from the source in use: newId('loan').
export const newId = <P extends string>(prefix: P): Id<P> => current(prefix)

// Makes newId draw from another source until the function returned is called: for the demo, whose ids must repeat.
export const useIds = (source: IdSource): (() => void) => {
  const before = current
  current = source
  return () => {
    current = before
  }
}

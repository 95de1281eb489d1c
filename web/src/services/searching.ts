import { useSyncExternalStore } from 'react'

// The search lies over every page, and pages open it too: for anything, or for whose repayment is taken next.

export type SearchFor = 'all' | 'repayment'

let wanted: SearchFor | undefined
let round = 0
const listeners = new Set<() => void>()
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
const say = () => listeners.forEach((listener) => listener())

export const openSearch = (what: SearchFor = 'all'): void => {
  wanted = what
  say()
}
export const closeSearch = (): void => {
  wanted = undefined
  say()
}
/** What is searched for now; undefined while the search is closed. */
export const useSearchFor = (): SearchFor | undefined => useSyncExternalStore(subscribe, () => wanted)

/** A repayment was begun out of the search: its form begins anew, also where the one before was of the same loan. */
export const beginRepayment = (): void => {
  round += 1
  say()
}
export const useRepaymentRound = (): number => useSyncExternalStore(subscribe, () => round)

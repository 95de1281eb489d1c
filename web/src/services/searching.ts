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

/** What is typed between the key that opens the search and its field: whoever types at once types into nothing else. */
type Early = { readonly text: string; readonly enter: boolean }
const nothing: Early = { text: '', enter: false }
let early = nothing

const collect = (event: KeyboardEvent): void => {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || early.enter) return
  if (event.key.length === 1) early = { ...early, text: early.text + event.key }
  // Enter pressed twice chooses nothing unseen.
  else if (event.key === 'Enter') early = { ...early, enter: early.text !== '' }
  else if (event.key === 'Backspace') early = { ...early, text: early.text.slice(0, -1) }
  else return
  event.preventDefault()
  event.stopPropagation()
}

/** Ends the collecting: from now on the field hears by itself. */
export const takeEarly = (): Early => {
  document.removeEventListener('keydown', collect, true)
  const typed = early
  early = nothing
  return typed
}

export const openSearch = (what: SearchFor = 'all'): void => {
  if (wanted === undefined) document.addEventListener('keydown', collect, true)
  wanted = what
  say()
}
export const closeSearch = (): void => {
  takeEarly()
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

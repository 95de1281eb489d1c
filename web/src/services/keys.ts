import { useEffect, useSyncExternalStore } from 'react'

// One listener for the whole keyboard. Letters never act while a person types; sequences (`g l`) wait a second for their second key.

type Binding = { readonly keys: string; readonly what: string; readonly run: () => void; readonly everywhere: boolean }

const SECOND_KEY_MS = 1000
const bindings = new Set<Binding>()
const listeners = new Set<() => void>()
let shown = false
let first = ''
let firstAt = 0

const say = () => listeners.forEach((listener) => listener())
export const openKeys = (): void => {
  shown = true
  say()
}
export const closeKeys = (): void => {
  shown = false
  say()
}
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
export const useKeysShown = (): boolean => useSyncExternalStore(subscribe, () => shown)
/** The page's own before those of every page, whichever was drawn last; among each the newest first. */
export const boundKeys = (): readonly Binding[] => {
  const newest = [...bindings].toReversed()
  const own = newest.filter(({ everywhere }) => !everywhere)
  // What a page has made its own is not told of twice.
  return [...own, ...newest.filter(({ everywhere, keys }) => everywhere && !own.some((binding) => binding.keys === keys))]
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))

/** Enter is its own: a button or a link in focus is what it presses. */
const isPressed = (event: KeyboardEvent) =>
  event.key === 'Enter' && event.target instanceof Element && event.target.closest('a, button, summary') !== null

const find = (keys: string): Binding | undefined => boundKeys().find((binding) => binding.keys === keys)

const hear = (event: KeyboardEvent) => {
  // With Alt it is the browser's own key, or a letter of another alphabet.
  if (event.defaultPrevented || event.altKey) return
  const chord = event.ctrlKey || event.metaKey ? `Ctrl ${event.key.length === 1 ? event.key.toUpperCase() : event.key}` : event.key
  const typing = isTyping(event.target)
  const dialog = document.querySelector('[role="dialog"]') !== null
  if (!chord.startsWith('Ctrl ') && (dialog || isPressed(event) || (typing && event.key !== 'Escape'))) return
  const sequence = first && event.timeStamp - firstAt < SECOND_KEY_MS ? `${first} ${event.key}` : ''
  first = event.key === 'g' ? 'g' : ''
  firstAt = event.timeStamp
  const binding = (sequence && find(sequence)) || find(chord)
  if (!binding) return
  event.preventDefault()
  // What lies behind a dialog is out of reach: nobody sends a form that they do not see.
  if (dialog) return
  if (event.key === 'Escape' && typing) (event.target as HTMLElement).blur()
  else binding.run()
}

if (typeof document !== 'undefined') document.addEventListener('keydown', hear)

type Wanted = Readonly<Record<string, readonly [string, (() => void) | undefined]>>

/** Binds keys for as long as the component is shown; the newest binding of a key wins, and a page's own over one that holds `everywhere`. */
export const useKeys = (wanted: Wanted, { everywhere = false }: { readonly everywhere?: boolean } = {}): void => {
  useEffect(() => {
    const mine = Object.entries(wanted).flatMap(([keys, [what, run]]) => (run ? [{ keys, what, run, everywhere }] : []))
    mine.forEach((binding) => bindings.add(binding))
    return () => mine.forEach((binding) => bindings.delete(binding))
  })
}

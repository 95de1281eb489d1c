import { useSyncExternalStore } from 'react'

type Density = 'comfortable' | 'compact'
const KEY = 'holdfast-density'
const listeners = new Set<() => void>()
let density: Density = localStorage.getItem(KEY) === 'compact' ? 'compact' : 'comfortable'
const show = () => document.documentElement.setAttribute('data-density', density)
show()

export const toggleDensity = (): void => {
  density = density === 'compact' ? 'comfortable' : 'compact'
  localStorage.setItem(KEY, density)
  show()
  listeners.forEach((listener) => listener())
}

export const useDensity = (): Density =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    () => density,
  )

import { useSyncExternalStore } from 'react'
import { counted } from '#services/counted.ts'

// What checks in this browser found, for as long as the tab is open: a fault stays until a later check of the same entry holds.

const found = new Map<string, string | undefined>()
const listeners = new Set<() => void>()
let version = 0

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
const faults = () => [...found.values()].filter((fault) => fault !== undefined)

/** Keeps the outcome of one entry's check; `fault` is its verdict if it does not hold. */
export const reportCheck = (transfer: string, fault: string | undefined): void => {
  if (found.has(transfer) && found.get(transfer) === fault) return
  found.set(transfer, fault)
  version += 1
  listeners.forEach((listener) => listener())
}

/** What was found before no longer counts: another key or another log is believed now. */
export const forgetChecks = (): void => {
  found.clear()
  version += 1
  listeners.forEach((listener) => listener())
}

export const useFault = (): string | undefined => useSyncExternalStore(subscribe, () => faults()[0])
/** `1 fault found`, or as many as there are. */
export const useFaultCount = (): string =>
  `${counted(
    useSyncExternalStore(subscribe, () => faults().length),
    'fault',
  )} found`

/** What was found of an entry earlier in this visit. */
export const useVerdict = (): ((transfer: string) => 'verified' | 'altered' | undefined) => {
  useSyncExternalStore(subscribe, () => version)
  return (transfer) => {
    if (!found.has(transfer)) return undefined
    return found.get(transfer) === undefined ? 'verified' : 'altered'
  }
}

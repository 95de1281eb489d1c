import { useSyncExternalStore } from 'react'

// What a check in this browser found wrong; it stays until a later check of the same entry holds.

const faults = new Map<string, string>()
const listeners = new Set<() => void>()
let first: string | undefined

export const reportCheck = (transfer: string, fault: string | undefined): void => {
  if (fault) faults.set(transfer, fault)
  else faults.delete(transfer)
  first = faults.values().next().value
  listeners.forEach((listener) => listener())
}

export const useFault = (): string | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    () => first,
  )

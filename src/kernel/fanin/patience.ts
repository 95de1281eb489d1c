import type { Deadlines } from './deadlines.ts'

interface Listener {
  tell(reason: unknown): void
  /** Among those of its signal. */
  place: number
}

/** Lets somebody go when their time is over or their signal says so. */
export class Patience {
  readonly #deadlines: Deadlines
  // A signal's own list is searched for every listener added or removed: with many callers under one signal that is their square.
  readonly #signals = new WeakMap<AbortSignal, Listener[]>()

  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines
  }

  /** Tells `late` or `aborted`, once, unless it was called off by what is handed back. */
  wait(
    { at, signal }: { readonly at: number | undefined; readonly signal: AbortSignal | undefined },
    told: { late(): void; aborted(reason: unknown): void },
  ): () => void {
    const cancel = at === undefined ? undefined : this.#deadlines.add(at, () => told.late())
    if (signal === undefined) return cancel ?? (() => undefined)
    const listeners = this.#listenersOf(signal)
    const listener: Listener = { tell: (reason) => told.aborted(reason), place: listeners.length }
    listeners.push(listener)
    return () => {
      cancel?.()
      remove(listeners, listener)
    }
  }

  #listenersOf(signal: AbortSignal): Listener[] {
    const known = this.#signals.get(signal)
    if (known !== undefined) return known
    const listeners: Listener[] = []
    this.#signals.set(signal, listeners)
    const abort = (): void => {
      for (const listener of listeners.slice()) listener.tell(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
    return listeners
  }
}

function remove(listeners: Listener[], listener: Listener): void {
  if (listeners[listener.place] !== listener) return
  const last = listeners.pop()
  if (last === undefined || last === listener) return
  listeners[listener.place] = last
  last.place = listener.place
}

/** Every event carries its Resilience4j type name, the instance's name, and when it happened by the instance's clock (ms). */
export interface PatternEvent {
  readonly type: string
  readonly name: string
  readonly at: number
}

const key = (event: string): string => event.replaceAll('_', '').toLowerCase()

/**
 * Listeners of one instance. Event names may be written as in Resilience4j's publisher (`stateTransition`) or as its type
 * (`STATE_TRANSITION`); `event` hears all, and first. A listener that throws is not heard by the call it listens to, as in Resilience4j.
 */
export class EventStream<E extends PatternEvent> {
  readonly #known: ReadonlySet<string>
  #listeners: Map<string, ((event: E) => void)[]> | undefined

  constructor(known: ReadonlySet<string>) {
    this.#known = known
  }

  static names(types: readonly string[]): ReadonlySet<string> {
    return new Set([...types.map(key), 'event'])
  }

  get heard(): boolean {
    return this.#listeners !== undefined
  }

  on(event: string, listener: (event: E) => void): () => void {
    const wanted = key(event) === 'callnotpermitted' ? 'notpermitted' : key(event)
    if (!this.#known.has(wanted)) throw new RangeError(`no event '${event}' here: one of ${[...this.#known].join(', ')}`)
    const listeners: Map<string, ((event: E) => void)[]> = (this.#listeners ??= new Map())
    listeners.set(wanted, [...(listeners.get(wanted) ?? []), listener])
    return () => {
      const left = (listeners.get(wanted) ?? []).filter((other) => other !== listener)
      if (left.length > 0) listeners.set(wanted, left)
      else listeners.delete(wanted)
      if (listeners.size === 0) this.#listeners = undefined
    }
  }

  emit(event: E): void {
    this.#tell('event', event)
    this.#tell(key(event.type), event)
  }

  #tell(wanted: string, event: E): void {
    for (const listener of this.#listeners?.get(wanted) ?? []) {
      try {
        listener(event)
      } catch {
        // a listener watches; it has no say in the call
      }
    }
  }
}

import { type Entry, OVER } from './entry.ts'
import type { Lane } from './lane.ts'
import type { Clock } from './timing.ts'

/** What `load` is told beside its keys, which are all of one tenant under one credential. */
export interface LoadContext {
  readonly tenant: string | undefined
  readonly credential: unknown
  /** Aborted when nobody waits for any of the keys any more, or when a rival load has answered first. */
  readonly signal: AbortSignal
  /** The latest moment, by the source's clock, at which somebody still wants an answer; Infinity if somebody waits without limit. */
  readonly deadline: number
  readonly now: () => number
  /** `hedge` runs beside a slow `first`; `split` loads a part of a batch that failed as a whole. */
  readonly purpose: 'first' | 'hedge' | 'split'
}

/** Calls for the same keys, of which the first answer counts, and an error only if it is the last. */
export class Race<K, V> {
  readonly batch: Batch<K, V>
  readonly entries: readonly Entry<K, V>[]
  /** Set by the call as it is made. */
  first!: Loading<K, V>
  rival: Loading<K, V> | undefined
  /** Who waits for a part of a batch; the whole batch needs nobody. */
  readonly part: { resolve(): void; reject(error: unknown): void } | undefined
  decided = false
  /** How many keys have been handed their answers. */
  handed = 0

  constructor(batch: Batch<K, V>, entries: readonly Entry<K, V>[], part?: Race<K, V>['part']) {
    this.batch = batch
    this.entries = entries
    this.part = part
    batch.race = this
  }
}

/** One call of `load`. The controller is made when somebody asks for the signal. */
export class Loading<K, V> implements LoadContext {
  readonly race: Race<K, V>
  readonly purpose: LoadContext['purpose']
  readonly startedAt: number
  #controller: AbortController | undefined
  #reason: unknown
  #ended = false
  /** Its promise is settled, or its time was over. */
  over = false
  /** It has been asked whether it should have a rival. */
  asked = false
  /** Among the calls that are looked after. */
  place = 0
  /** Told once it is over. */
  onOver: (() => void) | undefined

  constructor(race: Race<K, V>, purpose: LoadContext['purpose'], startedAt: number) {
    this.race = race
    this.purpose = purpose
    this.startedAt = startedAt
    if (purpose === 'hedge') race.rival = this
    else race.first = this
  }

  get tenant(): string | undefined {
    return this.race.batch.lane.tenant.name
  }

  get credential(): unknown {
    return this.race.batch.lane.credential
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#ended) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  get deadline(): number {
    let latest = -Infinity
    for (const { deadline } of this.race.entries) latest = Math.max(latest, deadline)
    return latest
  }

  get now(): () => number {
    return () => this.race.batch.clock.now()
  }

  end(reason: unknown): void {
    if (this.#ended) return
    this.#ended = true
    this.#reason = reason
    this.#controller?.abort(reason)
  }
}

/** Keys being loaded together, and the calls made for all or some of them. */
export class Batch<K, V> {
  readonly lane: Lane<K, V>
  readonly entries: readonly Entry<K, V>[]
  readonly clock: Clock
  /** Of the entries, for the first call. */
  readonly keys: K[] = []
  /** Of the whole batch, or of the part that is being loaded; one after the other. */
  race: Race<K, V> | undefined

  constructor(lane: Lane<K, V>, entries: readonly Entry<K, V>[], clock: Clock) {
    this.lane = lane
    this.entries = entries
    this.clock = clock
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]!
      entry.batch = this
      this.keys.push(entry.key)
    }
  }

  /** Ends every call that is out, once nobody wants any of the keys. */
  endIfUnwanted(reason: unknown): void {
    if (this.race === undefined || this.race.decided || !this.entries.every(({ state }) => state === OVER)) return
    this.race.first.end(reason)
    this.race.rival?.end(reason)
  }
}

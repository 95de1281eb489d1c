import { type Entry, OVER } from './entry.ts'
import type { Lane } from './lane.ts'
import type { Clock } from './timing.ts'

/** What `load` is told beside its keys, which are all of one tenant under one credential. */
export interface LoadContext {
  readonly tenant: string | undefined
  readonly credential: unknown
  /** Aborted when nobody waits for any of the keys any more, or when a rival load has answered first. */
  readonly signal: AbortSignal
  /**
   * The latest moment, by the source's clock, at which somebody who has not left wants an answer; Infinity if
   * somebody waits without limit.
   */
  readonly deadline: number
  readonly now: () => number
  /** `hedge` runs beside a slow `first`; `split` loads a part of a batch that failed as a whole. */
  readonly purpose: 'first' | 'hedge' | 'split'
}

/** One call of `load`. The controller is made when somebody asks for the signal, or ends the call. */
export class Loading<K, V> implements LoadContext {
  readonly batch: Batch<K, V>
  readonly purpose: LoadContext['purpose']
  /** Unless it was to be timed nobody looked at the clock: unknown until the turn of the loop is over in which it began. */
  startedAt: number | undefined
  readonly timed: boolean
  #controller: AbortController | undefined
  /** Its promise is settled, or its time was over. */
  over = false
  /** It has been asked whether it should have a rival. */
  asked = false
  /** Among the calls that are looked after. */
  place = 0
  /** Told once it is over. */
  onOver: (() => void) | undefined

  constructor(batch: Batch<K, V>, purpose: LoadContext['purpose'], startedAt: number | undefined) {
    this.batch = batch
    this.purpose = purpose
    this.startedAt = startedAt
    this.timed = startedAt !== undefined
    if (purpose === 'hedge') batch.rival = this
    else batch.first = batch.holder = this
  }

  get tenant(): string | undefined {
    return this.batch.lane.tenant.name
  }

  get credential(): unknown {
    return this.batch.lane.credential
  }

  get signal(): AbortSignal {
    return (this.#controller ??= new AbortController()).signal
  }

  get deadline(): number {
    let latest = -Infinity
    for (const { deadline } of this.batch.entries) latest = Math.max(latest, deadline)
    return latest
  }

  get now(): () => number {
    return () => this.batch.clock.now()
  }

  /** The first reason counts. */
  end(reason: unknown): void {
    this.#controller ??= new AbortController()
    this.#controller.abort(reason)
  }
}

/** Keys being loaded together, by calls of which the first answer counts, and an error only if it is the last. */
export class Batch<K, V> {
  readonly lane: Lane<K, V>
  readonly entries: readonly Entry<K, V>[]
  readonly clock: Clock
  /** Set by the call as it is made. */
  first!: Loading<K, V>
  rival: Loading<K, V> | undefined = undefined
  /** The call in whose slot the batch is: the rival once the first has failed beside it. */
  holder!: Loading<K, V>
  decided = false
  /** How many keys have been handed their answers. */
  handed = 0
  /** Of a whole batch: the part of it that is being loaded, one after the other. */
  at: Batch<K, V> | undefined = undefined
  /** Who waits for a part of a batch; the whole batch needs nobody. */
  waiting: { resolve(): void; reject(error: unknown): void } | undefined = undefined

  constructor(lane: Lane<K, V>, entries: readonly Entry<K, V>[], clock: Clock) {
    this.lane = lane
    this.entries = entries
    this.clock = clock
  }

  /** The keys of a whole batch, to which its entries belong from now on. */
  take(): K[] {
    const { entries } = this
    // as long as it will be: a list that grows key by key is copied many times
    const keys: (K | Entry<K, V>)[] = entries.slice()
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]!
      entry.batch = this
      keys[i] = entry.key
    }
    return keys as K[]
  }

  /** Some of the keys, to be loaded by a call of their own. */
  part(entries: readonly Entry<K, V>[], waiting: NonNullable<Batch<K, V>['waiting']>): Batch<K, V> {
    this.at = new Batch(this.lane, entries, this.clock)
    this.at.waiting = waiting
    return this.at
  }

  /** Whether anybody waits for any of the keys. */
  get wanted(): boolean {
    return this.entries.some(({ state }) => state !== OVER)
  }

  /** Ends every call that is out, once nobody wants any of the keys. */
  endIfUnwanted(reason: unknown): void {
    const { first, rival, decided } = this.at ?? this
    if (decided || this.wanted) return
    first.end(reason)
    rival?.end(reason)
  }
}

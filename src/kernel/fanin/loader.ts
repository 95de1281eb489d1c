import { Batch, Loading, Race } from './batch.ts'
import { type Entry, OVER } from './entry.ts'
import type { Lane } from './lane.ts'
import { Latency } from './latency.ts'
import type { Answers, Policy } from './policy.ts'
import { LoadContractError, LoadTimeoutError, UnwantedError } from './refusals.ts'
import { Watch } from './watch.ts'

const HEDGE_TOKENS_MAX = 5 // doubled calls saved up for a bad moment

/** Counts of what a source did. */
export interface LoadCounts {
  loads: number
  splits: number
  hedges: number
  hedgesWon: number
}

/** Where a batch's slots and answers come from and go to. */
export interface Bulkhead<K, V> {
  /** Takes one more slot for a tenant, if one is free. */
  enter(lane: Lane<K, V>): boolean
  leave(lane: Lane<K, V>): void
  /** Gives the keys their answers, at once or little by little, and then tells `settled`. */
  hand(race: Race<K, V>, answers: Answers<K, V>): void
  failed(entry: Entry<K, V>, error: unknown): void
}

/** Runs batches: one call, perhaps a second beside it, and on failure the halves, until a poisoned key stands alone. */
export class Loader<K, V> {
  readonly latency = new Latency()
  readonly counts: LoadCounts = { loads: 0, splits: 0, hedges: 0, hedgesWon: 0 }
  readonly #policy: Policy<K, V>
  readonly #bulkhead: Bulkhead<K, V>
  readonly #watch: Watch<K, V>
  #tokens = 0

  constructor(policy: Policy<K, V>, bulkhead: Bulkhead<K, V>) {
    this.#policy = policy
    this.#bulkhead = bulkhead
    this.#watch = new Watch(policy, {
      slow: (loading) => this.#hedge(loading),
      late: (loading) => this.#expire(loading),
    })
  }

  /** Loads the keys in a slot that the caller has entered, and leaves it when the call of its own is over. */
  run(lane: Lane<K, V>, entries: readonly Entry<K, V>[]): void {
    this.#tokens = Math.min(HEDGE_TOKENS_MAX, this.#tokens + this.#policy.hedgeShare)
    const batch = new Batch(lane, entries, this.#policy.clock)
    this.#start(new Loading(new Race(batch, entries), 'first', this.#policy.clock.now()), batch.keys)
  }

  #start(loading: Loading<K, V>, keys = loading.race.entries.map(({ key }) => key)): void {
    this.counts.loads++
    this.#watch.add(loading)
    let answers: PromiseLike<Answers<K, V>> | Answers<K, V>
    try {
      answers = this.#policy.load(keys, loading)
    } catch (error) {
      return this.#failed(loading, error)
    }
    if (!isPromise(answers)) return this.#succeeded(loading, answers)
    answers.then(
      (all) => this.#succeeded(loading, all),
      (error: unknown) => this.#failed(loading, error),
    )
  }

  #over(loading: Loading<K, V>): boolean {
    if (loading.over) return false
    loading.over = true
    this.#watch.delete(loading)
    loading.onOver?.()
    return true
  }

  #succeeded(loading: Loading<K, V>, answers: Answers<K, V>): void {
    const { race } = loading
    if (!this.#over(loading) || race.decided) return
    race.decided = true
    if (race.rival !== undefined) this.#won(loading, race.rival)
    if (race.part !== undefined) return this.#settle(race, answers)
    if (this.latency.asks()) {
      this.latency.record(this.#policy.clock.now() - race.first.startedAt)
      if (this.#policy.hedgeShare > 0) this.#watch.slowMs = this.latency.p95
    }
    this.#settle(race, answers)
  }

  #won(winner: Loading<K, V>, rival: Loading<K, V>): void {
    if (winner === rival) this.counts.hedgesWon++
    const loser = winner === rival ? winner.race.first : rival
    loser.end(new UnwantedError('a rival load has answered first'))
  }

  #failed(loading: Loading<K, V>, error: unknown): void {
    const { race } = loading
    if (!this.#over(loading) || race.decided || !race.first.over || race.rival?.over === false) return
    race.decided = true
    if (race.part !== undefined) race.part.reject(error)
    else void this.#split(race.batch, race.entries, error).then(() => this.#leaveAfter(race.first))
  }

  // The slot is held as long as the first call runs, though a rival may have answered.
  #leaveAfter(first: Loading<K, V>): void {
    const { lane } = first.race.batch
    if (first.over) this.#bulkhead.leave(lane)
    else first.onOver = () => this.#bulkhead.leave(lane)
  }

  // The rival has a slot of its own, or there is none; it costs a token, and a token is a share of many calls.
  #hedge(loading: Loading<K, V>): void {
    loading.asked = true
    const { race } = loading
    const { lane } = race.batch
    if (race.decided || this.#tokens < 1 || !this.#bulkhead.enter(lane)) return
    this.#tokens--
    this.counts.hedges++
    const rival = new Loading(race, 'hedge', this.#policy.clock.now())
    rival.onOver = () => this.#bulkhead.leave(lane)
    this.#start(rival)
  }

  #expire(loading: Loading<K, V>): void {
    const error = new LoadTimeoutError(`a load of '${this.#policy.name}' took longer than ${this.#policy.loadTimeoutMs} ms`)
    loading.end(error)
    this.#failed(loading, error)
  }

  #settle(race: Race<K, V>, answers: Answers<K, V>): void {
    const { entries } = race
    const wrong = wrongWith(answers, entries.length)
    if (wrong === undefined) return this.#bulkhead.hand(race, answers)
    const error = new LoadContractError(`'${this.#policy.name}' was asked for ${entries.length} keys and answered ${wrong}`)
    for (const entry of entries) if (entry.state !== OVER) this.#bulkhead.failed(entry, error)
    this.settled(race)
  }

  /** Every key of the race has its answer. */
  settled(race: Race<K, V>): void {
    if (race.part === undefined) this.#leaveAfter(race.first)
    else race.part.resolve()
  }

  #part(batch: Batch<K, V>, entries: readonly Entry<K, V>[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#start(new Loading(new Race(batch, entries, { resolve, reject }), 'split', this.#policy.clock.now()))
    })
  }

  // One half after the other, in the same slot: at most twice as many calls as keys.
  async #split(batch: Batch<K, V>, tried: readonly Entry<K, V>[], error: unknown): Promise<void> {
    const wanted = tried.filter(({ state }) => state !== OVER)
    if (tried.length === 1 || this.#policy.isOutage(error)) {
      for (const entry of wanted) this.#bulkhead.failed(entry, error)
      return
    }
    const middle = Math.ceil(wanted.length / 2)
    for (const half of [wanted.slice(0, middle), wanted.slice(middle)]) {
      const entries = half.filter(({ state }) => state !== OVER)
      if (entries.length === 0) continue
      this.counts.splits++
      try {
        await this.#part(batch, entries)
      } catch (halfError) {
        await this.#split(batch, entries, halfError)
      }
    }
  }
}

function isPromise<T extends object>(answers: PromiseLike<T> | T): answers is PromiseLike<T> {
  return typeof answers === 'object' && answers !== null && 'then' in answers
}

function wrongWith<K, V>(answers: Answers<K, V>, keys: number): string | undefined {
  if (typeof answers !== 'object' || answers === null) return String(answers)
  if ('length' in answers) return answers.length === keys ? undefined : String(answers.length)
  return typeof answers.get === 'function' ? undefined : 'neither a list nor a map'
}

import { Batch, Loading } from './batch.ts'
import type { Entry, Lane } from './lane.ts'
import { Latency } from './latency.ts'
import type { Answers, Policy } from './policy.ts'
import { KeyMissingError, LoadContractError, LoadTimeoutError, UnwantedError } from './refusals.ts'
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
  /** True once the keys are no longer pending, because the batch was all that was. */
  settling(batch: Batch<K, V>, keys: number): boolean
  answered(entry: Entry<K, V>, value: V, swept: boolean): void
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
    this.#watch = new Watch({
      clock: policy.clock,
      scheduler: policy.scheduler,
      limits: () => ({ slowMs: policy.hedgeShare === 0 ? Infinity : this.latency.p95, lateMs: policy.loadTimeoutMs }),
      slow: (loading) => this.#hedge(loading),
      late: (loading) => this.#expire(loading),
    })
  }

  /** Loads the keys in a slot that the caller has entered, and leaves it when the call of its own is over. */
  async run(lane: Lane<K, V>, entries: readonly Entry<K, V>[]): Promise<void> {
    const batch = new Batch(lane, entries, this.#policy.clock)
    const start = this.#policy.clock.now()
    this.#tokens = Math.min(HEDGE_TOKENS_MAX, this.#tokens + this.#policy.hedgeShare)
    try {
      const answers = await this.#call(batch, entries, 'first')
      this.latency.record(this.#policy.clock.now() - start)
      this.#settle(batch, entries, answers)
    } catch (error) {
      await this.#split(batch, entries, error)
    }
    const first = batch.calls[0]!
    if (first.over) this.#bulkhead.leave(lane)
    else first.onOver = () => this.#bulkhead.leave(lane)
  }

  #call(batch: Batch<K, V>, entries: readonly Entry<K, V>[], purpose: 'first' | 'split'): Promise<Answers<K, V>> {
    return new Promise((resolve, reject) => {
      this.#start(new Loading(batch, { entries, calls: [], resolve, reject, decided: false }, purpose, this.#policy.clock.now()))
    })
  }

  #start(loading: Loading<K, V>): void {
    this.counts.loads++
    this.#watch.add(loading)
    try {
      const answers = this.#policy.load(
        loading.race.entries.map(({ key }) => key),
        loading,
      )
      if ('then' in answers) {
        answers.then(
          (all) => this.#succeeded(loading, all),
          (error: unknown) => this.#failed(loading, error),
        )
      } else this.#succeeded(loading, answers)
    } catch (error) {
      this.#failed(loading, error)
    }
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
    if (loading.purpose === 'hedge') this.counts.hedgesWon++
    for (const rival of race.calls) if (rival !== loading) rival.end(new UnwantedError('a rival load has answered first'))
    race.resolve(answers)
  }

  #failed(loading: Loading<K, V>, error: unknown): void {
    const { race } = loading
    if (!this.#over(loading) || race.decided || race.calls.some(({ over }) => !over)) return
    race.decided = true
    race.reject(error)
  }

  // The rival has a slot of its own, or there is none; it costs a token, and a token is a share of many calls.
  #hedge(loading: Loading<K, V>): void {
    loading.asked = true
    const { batch, race } = loading
    if (race.decided || this.#tokens < 1 || !this.#bulkhead.enter(batch.lane)) return
    this.#tokens--
    this.counts.hedges++
    const rival = new Loading(batch, race, 'hedge', this.#policy.clock.now())
    rival.onOver = () => this.#bulkhead.leave(batch.lane)
    this.#start(rival)
  }

  #expire(loading: Loading<K, V>): void {
    const error = new LoadTimeoutError(`a load of '${this.#policy.name}' took longer than ${this.#policy.loadTimeoutMs} ms`)
    loading.end(error)
    this.#failed(loading, error)
  }

  #settle(batch: Batch<K, V>, entries: readonly Entry<K, V>[], answers: Answers<K, V>): void {
    const listed = 'length' in answers
    if (listed && answers.length !== entries.length) {
      throw new LoadContractError(`'${this.#policy.name}' was asked for ${entries.length} keys and answered ${answers.length}`)
    }
    const swept = this.#bulkhead.settling(batch, entries.length)
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]!
      if (entry.over) continue
      const answer = listed ? answers[i]! : mapped(answers, entry.key)
      if (answer instanceof Error) this.#bulkhead.failed(entry, answer)
      else this.#bulkhead.answered(entry, answer, swept)
    }
  }

  // One half after the other, in the same slot: at most twice as many calls as keys.
  async #split(batch: Batch<K, V>, tried: readonly Entry<K, V>[], error: unknown): Promise<void> {
    const wanted = tried.filter(({ over }) => !over)
    if (tried.length === 1 || this.#policy.isOutage(error)) {
      for (const entry of wanted) this.#bulkhead.failed(entry, error)
      return
    }
    const middle = Math.ceil(wanted.length / 2)
    for (const half of [wanted.slice(0, middle), wanted.slice(middle)]) {
      const entries = half.filter(({ over }) => !over)
      if (entries.length === 0) continue
      this.counts.splits++
      try {
        this.#settle(batch, entries, await this.#call(batch, entries, 'split'))
      } catch (halfError) {
        await this.#split(batch, entries, halfError)
      }
    }
  }
}

function mapped<K, V>(answers: ReadonlyMap<K, V | Error>, key: K): V | Error {
  const answer = answers.get(key)
  return answer === undefined && !answers.has(key) ? new KeyMissingError('the answer lacks this key') : answer!
}

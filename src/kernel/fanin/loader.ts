import { Batch, Loading } from './batch.ts'
import { type Entry, OVER } from './entry.ts'
import type { Lane } from './lane.ts'
import { Latency } from './latency.ts'
import { type Answers, isList, type Policy } from './policy.ts'
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
  /** The same for a rival, which takes none that is kept for another tenant. */
  enterRival(lane: Lane<K, V>): boolean
  leave(lane: Lane<K, V>): void
  /** Gives the keys their answers, at once or little by little, and then tells `settled`. */
  hand(batch: Batch<K, V>, answers: Answers<K, V>): void
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
    if (this.#tokens < HEDGE_TOKENS_MAX) this.#tokens += this.#policy.hedgeShare
    const batch = new Batch(lane, entries, this.#policy.clock)
    this.#start(new Loading(batch, 'first', this.latency.asks() ? this.#policy.clock.now() : undefined), batch.take())
  }

  #start(loading: Loading<K, V>, keys = loading.batch.entries.map(({ key }) => key)): void {
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
    const { batch } = loading
    if (!this.#over(loading) || batch.decided) return
    batch.decided = true
    if (batch.rival !== undefined) this.#won(loading, batch.rival)
    if (batch.waiting !== undefined) return this.#settle(batch, answers)
    const { timed, startedAt } = batch.first
    if (timed && startedAt !== undefined) {
      this.latency.record(this.#policy.clock.now() - startedAt)
      if (this.#policy.hedgeShare > 0) this.#watch.slowMs = this.latency.p95
    }
    this.#settle(batch, answers)
  }

  #won(winner: Loading<K, V>, rival: Loading<K, V>): void {
    if (winner === rival) this.counts.hedgesWon++
    const loser = winner === rival ? winner.batch.first : rival
    loser.end(new UnwantedError('a rival load has answered first'))
  }

  #failed(loading: Loading<K, V>, error: unknown): void {
    const { batch } = loading
    if (!this.#over(loading) || batch.decided || !batch.first.over) return
    if (batch.rival?.over === false) return this.#leaveTo(batch, batch.rival)
    batch.decided = true
    if (batch.waiting !== undefined) batch.waiting.reject(error)
    else void this.#split(batch, batch.entries, error).then(() => this.#leaveAfter(batch.holder))
  }

  // The slot is held as long as its call runs, though a rival may have answered.
  #leaveAfter(holder: Loading<K, V>): void {
    const { lane } = holder.batch
    if (holder.over) this.#bulkhead.leave(lane)
    else holder.onOver = () => this.#bulkhead.leave(lane)
  }

  // The first has failed: the batch goes on in its rival's slot, to the end.
  #leaveTo(batch: Batch<K, V>, rival: Loading<K, V>): void {
    batch.holder = rival
    rival.onOver = undefined
    this.#bulkhead.leave(batch.lane)
  }

  // The rival has a slot of its own, or there is none; it costs a token, and a token is a share of many calls.
  #hedge(loading: Loading<K, V>): void {
    loading.asked = true
    const { batch } = loading
    const { lane } = batch
    if (batch.decided || this.#tokens < 1 || !batch.wanted || !this.#bulkhead.enterRival(lane)) return
    this.#tokens--
    this.counts.hedges++
    const rival = new Loading(batch, 'hedge', this.#policy.clock.now())
    rival.onOver = () => this.#bulkhead.leave(lane)
    this.#start(rival)
  }

  #expire(loading: Loading<K, V>): void {
    const error = new LoadTimeoutError(`a load of '${this.#policy.name}' took longer than ${this.#policy.loadTimeoutMs} ms`)
    loading.end(error)
    this.#failed(loading, error)
  }

  #settle(batch: Batch<K, V>, answers: Answers<K, V>): void {
    const { entries } = batch
    const wrong = wrongWith(answers, entries.length)
    if (wrong === undefined) return this.#bulkhead.hand(batch, answers)
    const error = new LoadContractError(`'${this.#policy.name}' was asked for ${entries.length} keys and answered ${wrong}`)
    for (const entry of entries) if (entry.state !== OVER) this.#bulkhead.failed(entry, error)
    this.settled(batch)
  }

  /** Every key of the batch has its answer. */
  settled(batch: Batch<K, V>): void {
    if (batch.waiting === undefined) this.#leaveAfter(batch.holder)
    else batch.waiting.resolve()
  }

  #part(batch: Batch<K, V>, entries: readonly Entry<K, V>[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#start(new Loading(batch.part(entries, { resolve, reject }), 'split', this.#policy.clock.now()))
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
  // by what it is before by what it has: quickly told, for most
  return answers instanceof Promise || (typeof answers === 'object' && answers !== null && 'then' in answers)
}

function wrongWith<K, V>(answers: Answers<K, V>, keys: number): string | undefined {
  if (isList(answers)) return answers.length === keys ? undefined : String(answers.length)
  if (typeof answers !== 'object' || answers === null) return String(answers)
  return typeof answers.get === 'function' ? undefined : 'neither a list nor a map'
}

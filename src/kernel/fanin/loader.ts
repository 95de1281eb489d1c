import { Batch, type Loading } from './batch.ts'
import type { Deadlines } from './deadlines.ts'
import type { Entry, Lane } from './lane.ts'
import { Latency } from './latency.ts'
import type { Answers, Policy } from './policy.ts'
import { KeyMissingError, LoadContractError, LoadTimeoutError, UnwantedError } from './refusals.ts'

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
  readonly #deadlines: Deadlines
  readonly #bulkhead: Bulkhead<K, V>
  #tokens = 0

  constructor(policy: Policy<K, V>, deadlines: Deadlines, bulkhead: Bulkhead<K, V>) {
    this.#policy = policy
    this.#deadlines = deadlines
    this.#bulkhead = bulkhead
  }

  /** Loads the keys in a slot that the caller has entered, and leaves it when the last call of its own is over. */
  async run(lane: Lane<K, V>, entries: readonly Entry<K, V>[]): Promise<void> {
    const batch = new Batch(lane, entries, this.#policy.clock)
    const start = this.#policy.clock.now()
    const { p95 } = this.latency
    const first = this.#call(batch.call('first'), entries)
    this.#tokens = Math.min(HEDGE_TOKENS_MAX, this.#tokens + this.#policy.hedgeShare)
    let slotIsOurs = true
    try {
      const answers = await (p95 === Infinity || this.#policy.hedgeShare === 0 ? first : this.#hedged(batch, first, start + p95))
      this.latency.record(this.#policy.clock.now() - start)
      this.#settle(batch, entries, answers)
      slotIsOurs = batch.calls.length === 1
      if (!slotIsOurs) void first.catch(() => {}).then(() => this.#bulkhead.leave(lane))
    } catch (error) {
      await this.#split(batch, entries, error)
    } finally {
      if (slotIsOurs) this.#bulkhead.leave(lane)
    }
  }

  #call(loading: Loading<K, V>, entries: readonly Entry<K, V>[]): Promise<Answers<K, V>> {
    this.counts.loads++
    const { load, loadTimeoutMs, clock } = this.#policy
    return new Promise((resolve, reject) => {
      const cancel = this.#deadlines.add(clock.now() + loadTimeoutMs, () => {
        const error = new LoadTimeoutError(`a load of '${this.#policy.name}' took longer than ${loadTimeoutMs} ms`)
        loading.end(error)
        reject(error)
      })
      const fail = (error: unknown): void => {
        cancel()
        reject(error)
      }
      const succeed = (answers: Answers<K, V>): void => {
        cancel()
        resolve(answers)
      }
      try {
        const answers = load(
          entries.map(({ key }) => key),
          loading,
        )
        if ('then' in answers) answers.then(succeed, fail)
        else succeed(answers)
      } catch (error) {
        fail(error)
      }
    })
  }

  // The first of two answers counts; an error counts only if both fail. The rival has a slot of its own.
  #hedged(batch: Batch<K, V>, first: Promise<Answers<K, V>>, at: number): Promise<Answers<K, V>> {
    return new Promise((resolve, reject) => {
      let out = 1
      let over = false
      const win = (winner: Loading<K, V>, answers: Answers<K, V>): void => {
        if (over) return
        over = true
        cancel()
        if (winner.purpose === 'hedge') this.counts.hedgesWon++
        for (const loading of batch.calls) if (loading !== winner) loading.end(new UnwantedError('a rival load has answered first'))
        resolve(answers)
      }
      const lose = (error: unknown): void => {
        if (--out > 0 || over) return
        over = true
        cancel()
        reject(error)
      }
      const cancel = this.#deadlines.add(at, () => {
        if (this.#tokens < 1 || !this.#bulkhead.enter(batch.lane)) return
        this.#tokens--
        this.counts.hedges++
        out++
        const rival = batch.call('hedge')
        this.#call(rival, batch.entries)
          .finally(() => this.#bulkhead.leave(batch.lane))
          .then((answers) => win(rival, answers), lose)
      })
      first.then((answers) => win(batch.calls[0]!, answers), lose)
    })
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
        this.#settle(batch, entries, await this.#call(batch.call('split'), entries))
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

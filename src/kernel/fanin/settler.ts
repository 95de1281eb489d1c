import type { Batch } from './batch.ts'
import { type Entry, OPEN, OVER } from './entry.ts'
import type { Lane } from './lane.ts'
import { type Answers, isList } from './policy.ts'
import { KeyMissingError } from './refusals.ts'
import type { Turns } from './turns.ts'

interface Told<K, V> {
  /** To keep an answer, where there is a cache. */
  keep(lane: Lane<K, V>, id: unknown, value: V): void
  /** Whether a key that failed is tried again. */
  again(entry: Entry<K, V>, error: Error): boolean
  /** Every key of the batch has its answer. */
  done(batch: Batch<K, V>): void
}

/** Hands out answers: at once, or as much at a time as a turn of the loop has room for, one tenant after the other. */
export class Settler<K, V> {
  readonly #turns: Turns<K, V>
  readonly #told: Told<K, V>
  readonly #waiting: { readonly batch: Batch<K, V>; readonly answers: Answers<K, V> }[] = []

  constructor(turns: Turns<K, V>, told: Told<K, V>) {
    this.#turns = turns
    this.#told = told
  }

  add(batch: Batch<K, V>, answers: Answers<K, V>): void {
    const { length } = batch.entries
    const room = this.#turns.room(batch.lane.tenant)
    if (length > room) {
      const to = Math.max(0, room)
      this.#turns.cut(to)
      if (to > 0) this.#hand(batch, answers, to)
      this.#waiting.push({ batch, answers })
      return
    }
    this.#hand(batch, answers, length)
    this.#told.done(batch)
  }

  /** At the beginning of a turn: what waits longest, as far as there is room for its tenant. */
  next(): void {
    const first = this.#waiting.shift()
    if (first === undefined) return
    const { batch, answers } = first
    const { length } = batch.entries
    const to = Math.min(length, batch.handed + this.#turns.room(batch.lane.tenant))
    if (to < length) this.#waiting.push(first)
    if (this.#waiting.length > 0) this.#turns.cut(to - batch.handed)
    this.#hand(batch, answers, to)
    if (to === length) this.#told.done(batch)
  }

  #hand(batch: Batch<K, V>, answers: Answers<K, V>, to: number): void {
    const { entries, handed } = batch
    const { lane } = batch
    batch.handed = to
    this.#turns.settled(lane.tenant, to - handed)
    const listed = isList(answers)
    const keeps = lane.cache !== undefined
    let closed = 0
    for (let i = handed; i < to; i++) {
      const entry = entries[i]!
      const { state } = entry
      if (state === OVER) continue
      const answer = listed ? answers[i]! : mapped(answers, entry.key)
      if (answer instanceof Error) {
        if (this.#told.again(entry, answer)) continue
        entry.fail(answer)
      } else {
        if (keeps && state === OPEN) this.#told.keep(lane, entry.id, answer)
        entry.answer(answer)
      }
      if (state === OPEN) closed++
    }
    lane.closed(closed)
  }
}

function mapped<K, V>(answers: ReadonlyMap<K, V | Error>, key: K): V | Error {
  const answer = answers.get(key)
  return answer === undefined && !answers.has(key) ? new KeyMissingError('the answer lacks this key') : answer!
}

import type { Race } from './batch.ts'
import { type Entry, OPEN, OVER } from './entry.ts'
import type { Lane } from './lane.ts'
import type { Answers } from './policy.ts'
import { KeyMissingError } from './refusals.ts'
import type { Turns } from './turns.ts'

interface Told<K, V> {
  /** To keep an answer, where there is a cache. */
  keep(lane: Lane<K, V>, id: unknown, value: V): void
  /** Whether a key that failed is tried again. */
  again(entry: Entry<K, V>, error: Error): boolean
  /** Every key of the race has its answer. */
  done(race: Race<K, V>): void
}

/** Hands out answers: at once, or as much at a time as a turn of the loop has room for, one tenant after the other. */
export class Settler<K, V> {
  readonly #turns: Turns<K, V>
  readonly #told: Told<K, V>
  readonly #waiting: { readonly race: Race<K, V>; readonly answers: Answers<K, V> }[] = []

  constructor(turns: Turns<K, V>, told: Told<K, V>) {
    this.#turns = turns
    this.#told = told
  }

  add(race: Race<K, V>, answers: Answers<K, V>): void {
    const { length } = race.entries
    const room = this.#turns.room(race.batch.lane.tenant)
    if (length > room) {
      const to = Math.max(0, room)
      this.#turns.cut(to)
      if (to > 0) this.#hand(race, answers, to)
      this.#waiting.push({ race, answers })
      return
    }
    this.#hand(race, answers, length)
    this.#told.done(race)
  }

  /** At the beginning of a turn: what waits longest, as far as there is room for its tenant. */
  next(): void {
    const first = this.#waiting.shift()
    if (first === undefined) return
    const { race, answers } = first
    const { length } = race.entries
    const to = Math.min(length, race.handed + this.#turns.room(race.batch.lane.tenant))
    if (to < length) this.#waiting.push(first)
    if (this.#waiting.length > 0) this.#turns.cut(to - race.handed)
    this.#hand(race, answers, to)
    if (to === length) this.#told.done(race)
  }

  #hand(race: Race<K, V>, answers: Answers<K, V>, to: number): void {
    const { entries, handed } = race
    const { lane } = race.batch
    race.handed = to
    this.#turns.settled(lane.tenant, to - handed)
    const listed = 'length' in answers
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

import { ChangedIds, type Journal, type StateChanges, type StateRow, type StateStore } from './runtime.ts'
import { StreamError } from './stream-error.ts'
import { fromText, idFrom, idText, toText } from './value-text.ts'

export type TableEntry = { value: unknown; timestamp: number }

/** Latest value and timestamp of each key: the state behind a table or an aggregate without windows. A null value deletes. */
export class TableStore implements StateStore {
  readonly name: string
  readonly #maxEntries: number
  readonly #journal: Journal
  readonly #entries = new Map<string, TableEntry>()
  readonly #changed = new ChangedIds()

  constructor(name: string, limits: { readonly maxEntries: number; readonly journal: Journal }) {
    this.name = name
    this.#maxEntries = limits.maxEntries
    this.#journal = limits.journal
  }

  get size(): number {
    return this.#entries.size
  }

  get(id: string): TableEntry | undefined {
    return this.#entries.get(id)
  }

  put(id: string, value: unknown, timestamp: number): void {
    this.#changed.add(id)
    const entry = this.#entries.get(id)
    this.#journal.undo?.push(this.#undoing(id, entry))
    if (value === null || value === undefined) {
      this.#entries.delete(id)
      return
    }
    if (entry !== undefined) {
      entry.value = value
      entry.timestamp = timestamp
      return
    }
    if (this.#entries.size >= this.#maxEntries) {
      throw new StreamError('streams.state_full', `store ${this.name} holds its limit of ${this.#maxEntries} entries`)
    }
    this.#entries.set(id, { value, timestamp })
  }

  ids(): Iterable<string> {
    return this.#entries.keys()
  }

  *entries(): Iterable<StateRow> {
    for (const id of this.#entries.keys()) yield this.#row(id)
  }

  load(row: StateRow): void {
    if (row.value === null) return void this.#entries.delete(idFrom(row.key))
    const text = row.value
    const space = text.indexOf(' ')
    const timestamp = Number(text.slice(0, space))
    if (!Number.isSafeInteger(timestamp)) throw new StreamError('streams.bad_snapshot', `store ${this.name} cannot read its row`)
    this.#entries.set(idFrom(row.key), { timestamp, value: fromText(text.slice(space + 1)) })
  }

  expire(): void {
    // rows of a table have no age
  }

  track(): void {
    this.#changed.track()
  }

  takeChanges(into: StateChanges): void {
    for (const id of this.#changed.take()) into.rows.push(this.#row(id))
  }

  #undoing(id: string, entry: TableEntry | undefined): () => void {
    if (entry === undefined) return () => void this.#entries.delete(id)
    const { value, timestamp } = entry
    return () => {
      entry.value = value
      entry.timestamp = timestamp
      this.#entries.set(id, entry)
    }
  }

  #row(id: string): StateRow {
    const entry = this.#entries.get(id)
    const value = entry === undefined ? null : `${entry.timestamp} ${toText(entry.value)}`
    return { store: this.name, segment: 0, key: idText(id), value }
  }
}

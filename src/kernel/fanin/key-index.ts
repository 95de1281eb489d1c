import { type Entry, OPEN } from './entry.ts'

const FIRST = 64 // places of a table, to begin with
const PROBES_MAX = 32 // so many keys in one place are no accident
const GOLDEN = 0x9e3779b1 // 2 ** 32 / 1.618…: what lies close together is spread far
const SPARE_MAX = 4
const SPARE_PLACES_MAX = 2 ** 16

/** Tables that nobody uses right now. */
export class Tables {
  readonly #spare: Int32Array[] = []

  take(): Int32Array {
    return this.#spare.pop()?.fill(0) ?? new Int32Array(FIRST)
  }

  /** A large one that was hardly used is let go, for the next would have to wipe it. */
  give(table: Int32Array, used: number): void {
    if (this.#spare.length < SPARE_MAX && table.length <= SPARE_PLACES_MAX && table.length <= Math.max(FIRST, used * 16))
      this.#spare.push(table)
  }
}

/**
 * Finds the open keys of a list by id. Whole numbers of 32 bits stand in an open-addressed table that is used again and again; all
 * else in a map. Nothing is ever deleted from that map, and none is older than its keys: V8 links an old table to its successor, so
 * that once one is old all later ones, with their keys, wait for a full collection; measured, the p99 of a page was 20 ms, not 5.
 */
export class KeyIndex<K, V> {
  readonly #tables: Tables
  /** The same keys in the same places, whoever may have it. */
  list: readonly Entry<K, V>[]
  #table: Int32Array | undefined
  #shift = 0
  #used = 0
  #trusted = true
  #others: Map<unknown, Entry<K, V>> | undefined
  // The number looked for last and where in the table it would stand: mostly it is added next.
  #sought: number | undefined
  #at = 0

  constructor(tables: Tables, list: readonly Entry<K, V>[]) {
    this.#tables = tables
    this.list = list
    for (let at = 0; at < list.length; at++) if (list[at]!.state === OPEN) this.add(list[at]!, at + 1)
  }

  find(id: unknown): Entry<K, V> | undefined {
    const entry = this.#trusted && isSmall(id) ? this.#numbered(id) : this.#others?.get(id)
    return entry !== undefined && entry.state === OPEN ? entry : undefined
  }

  /** A key, at this place of the list as counted from one. */
  add(entry: Entry<K, V>, place: number): void {
    const { id } = entry
    if (!this.#trusted || !isSmall(id)) return void (this.#others ??= new Map()).set(id, entry)
    const table = this.#roomy()
    if (table === undefined) return this.#distrust(entry)
    const at = this.#sought === id ? this.#at : this.#seek(table, id)
    if (at < 0) return this.#distrust(entry)
    this.#sought = undefined
    if (table[at] === 0) this.#used++
    table[at] = place
  }

  end(): void {
    if (this.#table !== undefined) this.#tables.give(this.#table, this.#used)
    this.#table = undefined
  }

  #numbered(id: number): Entry<K, V> | undefined {
    if (this.#table === undefined) return undefined
    const at = this.#seek(this.#table, id)
    this.#sought = id
    this.#at = at
    const place = at < 0 ? 0 : this.#table[at]!
    return place === 0 ? undefined : this.list[place - 1]
  }

  // Where a number stands or would stand, or -1: it never stands farther from where it belongs.
  #seek(table: Int32Array, id: number): number {
    const mask = table.length - 1
    let at = Math.imul(id, GOLDEN) >>> this.#shift
    for (let probes = 0; probes <= PROBES_MAX; probes++) {
      const place = table[at]!
      if (place === 0 || this.list[place - 1]!.id === id) return at
      at = (at + 1) & mask
    }
    return -1
  }

  #roomy(): Int32Array | undefined {
    const table = (this.#table ??= this.#shifted(this.#tables.take()))
    return this.#used * 2 < table.length ? table : this.#grown(table)
  }

  #shifted(table: Int32Array): Int32Array {
    this.#shift = Math.clz32(table.length - 1)
    return table
  }

  #grown(old: Int32Array): Int32Array | undefined {
    const table = this.#shifted(new Int32Array(old.length * 2))
    this.#sought = undefined
    for (const place of old) {
      if (place === 0) continue
      const at = this.#seek(table, this.list[place - 1]!.id as number)
      if (at < 0) return undefined
      table[at] = place
    }
    return (this.#table = table)
  }

  // Numbers chosen to fall on one place would make every look a long one.
  #distrust(entry: Entry<K, V>): void {
    this.#trusted = false
    this.#others ??= new Map()
    for (const place of this.#table ?? []) if (place !== 0) this.#others.set(this.list[place - 1]!.id, this.list[place - 1]!)
    this.#others.set(entry.id, entry)
    this.end()
  }
}

function isSmall(id: unknown): id is number {
  return typeof id === 'number' && (id | 0) === id
}

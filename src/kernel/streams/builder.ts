import { aggregated, counting, placed, reducing, second, type Stored } from './aggregated.ts'
import type { WindowedKey } from './key-order.ts'
import { called, plan, type Callback, type PlanNode, type PlanStep } from './plan.ts'
import { StreamError } from './stream-error.ts'
import { suppressRule, type SuppressOptions } from './suppress.ts'
import { joinWindows, type WindowDefinition } from './window.ts'

export type Pair<K, V> = readonly [K, V] | { readonly key: K; readonly value: V }
export type { Stored } from './aggregated.ts'
export type JoinWindowOptions = Parameters<typeof joinWindows>[0]

/** Anything that can be handed to `topology` or `testDriver`: a stream, a table, or a named output made with `to`. */
export class Output {
  readonly node: PlanNode
  constructor(node: PlanNode) {
    this.node = node
  }
}

/** Records of a topic, each its own fact. Every method gives a new stream; functions must be pure. Kafka: KStream. */
export class Stream<K, V> extends Output {
  readonly #rekeyed: boolean
  #joinable: PlanNode | undefined
  constructor(node: PlanNode, rekeyed: boolean) {
    super(node)
    this.#rekeyed = rekeyed
  }

  filter(keep: (key: K, value: V) => boolean): Stream<K, V> {
    return this.#then({ kind: 'filter', call: keep as Callback })
  }
  filterNot(drop: (key: K, value: V) => boolean): Stream<K, V> {
    const call = called(drop, 'filterNot')
    return this.filter((key, value) => !call(key, value, null))
  }
  /** `mapper` gives `[key, value]` or `{ key, value }`. The key may change, so what follows is repartitioned. */
  map<L, W>(mapper: (key: K, value: V) => Pair<L, W>): Stream<L, W> {
    return this.#then({ kind: 'map', call: mapper as Callback }, true)
  }
  mapValues<W>(mapper: (value: V, key: K) => W): Stream<K, W> {
    return this.#then({ kind: 'mapValues', call: mapper as Callback })
  }
  flatMap<L, W>(mapper: (key: K, value: V) => Iterable<Pair<L, W>>): Stream<L, W> {
    return this.#then({ kind: 'flatMap', call: mapper as Callback }, true)
  }
  flatMapValues<W>(mapper: (value: V, key: K) => Iterable<W>): Stream<K, W> {
    return this.#then({ kind: 'flatMapValues', call: mapper as Callback })
  }
  selectKey<L>(mapper: (key: K, value: V) => L): Stream<L, V> {
    return this.#then({ kind: 'selectKey', call: mapper as Callback }, true)
  }
  peek(look: (key: K, value: V) => void): Stream<K, V> {
    return this.#then({ kind: 'peek', call: look as Callback })
  }
  /** One stream a predicate; a record goes to the first that holds, or nowhere. */
  branch(...predicates: readonly ((key: K, value: V) => boolean)[]): Stream<K, V>[] {
    const split = plan({ kind: 'split', calls: predicates.map((predicate) => called(predicate, 'branch')) }, this.node)
    return predicates.map((_, index) => new Stream(plan({ kind: 'branch', index }, split), this.#rekeyed))
  }
  merge(other: Stream<K, V>): Stream<K, V> {
    return new Stream(plan({ kind: 'merge' }, this.node, other.node), this.#rekeyed || other.#rekeyed)
  }
  /** Sends records through an internal queue, in order, as Kafka does through a repartition topic. */
  repartition(): Stream<K, V> {
    return new Stream(plan({ kind: 'repartition' }, this.node), false)
  }
  groupByKey(): GroupedStream<K, V> {
    return new GroupedStream(this.node, this.#rekeyed)
  }
  groupBy<L>(selector: (key: K, value: V) => L): GroupedStream<L, V> {
    return new GroupedStream(plan({ kind: 'selectKey', call: selector as Callback }, this.node), true)
  }
  toTable(options: Stored = {}): Table<K, V> {
    return new Table(plan({ kind: 'table', as: options.as }, placed(this.node, this.#rekeyed)))
  }
  /** With a stream: records of one key near in time (`windows`). With a table: each record meets the table's value of its key. */
  join<W, R>(other: Stream<K, W> | Table<K, W>, joiner: (left: V, right: W, key: K) => R, windows?: JoinWindowOptions): Stream<K, R> {
    return this.#join('inner', other, { joiner: joiner as Callback, windows })
  }
  leftJoin<W, R>(
    other: Stream<K, W> | Table<K, W>,
    joiner: (left: V, right: W | null, key: K) => R,
    windows?: JoinWindowOptions,
  ): Stream<K, R> {
    return this.#join('left', other, { joiner: joiner as Callback, windows })
  }
  outerJoin<W, R>(other: Stream<K, W>, joiner: (left: V | null, right: W | null, key: K) => R, windows: JoinWindowOptions): Stream<K, R> {
    return this.#join('outer', other, { joiner: joiner as Callback, windows })
  }
  /** Names this output: its records carry `topic`. */
  to(topic: string): Output {
    return new Output(plan({ kind: 'sink', topic }, this.node))
  }

  #then<L, W>(step: PlanStep, rekeyed = false): Stream<L, W> {
    return new Stream(plan(step, this.node), rekeyed || this.#rekeyed)
  }
  // All joins of one stream read the same repartition queue, as in Kafka; each aggregation has its own.
  #forJoins(): PlanNode {
    return (this.#joinable ??= placed(this.node, this.#rekeyed))
  }
  #join<R>(
    join: 'inner' | 'left' | 'outer',
    other: Stream<K, never> | Table<K, never> | Stream<K, unknown> | Table<K, unknown>,
    how: { joiner: Callback; windows: JoinWindowOptions | undefined },
  ): Stream<K, R> {
    called(how.joiner, `${join} join`)
    const left = this.#forJoins()
    if (other instanceof Table) {
      if (join === 'outer' || how.windows !== undefined)
        throw new StreamError('streams.bad_topology', 'a stream joins a table inner or left, without windows')
      return new Stream(plan({ kind: 'streamTableJoin', join, call: how.joiner }, left, other.node), false)
    }
    if (how.windows === undefined)
      throw new StreamError('streams.bad_topology', 'a join of two streams needs { timeDifferenceMs, graceMs }')
    const right = other.#forJoins()
    return new Stream(plan({ kind: 'streamJoin', join, windows: joinWindows(how.windows), call: how.joiner }, left, right), false)
  }
}

/** A changelog: the latest value of each key. Outputs are updates; value null is a tombstone. Kafka: KTable. */
export class Table<K, V> extends Output {
  filter(keep: (key: K, value: V) => boolean, options: Stored = {}): Table<K, V> {
    return new Table(plan({ kind: 'tableFilter', call: keep as Callback, as: options.as }, this.node))
  }
  filterNot(drop: (key: K, value: V) => boolean, options: Stored = {}): Table<K, V> {
    const call = called(drop, 'filterNot')
    return this.filter((key, value) => !call(key, value, null), options)
  }
  mapValues<W>(mapper: (value: V, key: K) => W, options: Stored = {}): Table<K, W> {
    return new Table(plan({ kind: 'tableMapValues', call: mapper as Callback, as: options.as }, this.node))
  }
  /** The changes as records; `mapper` gives them another key. */
  toStream<L = K>(mapper?: (key: K, value: V) => L): Stream<L, V> {
    const changes = new Stream<L, V>(plan({ kind: 'toStream' }, this.node), false)
    return mapper === undefined ? changes : changes.selectKey(mapper as Callback as (key: L, value: V) => L)
  }
  /** Rows under another key: aggregates add a row's new value and subtract its old one. */
  groupBy<L, W>(selector: (key: K, value: V) => Pair<L, W>): GroupedTable<L, W> {
    return new GroupedTable(plan({ kind: 'tableGroup', call: selector as Callback }, this.node))
  }
  join<W, R>(other: Table<K, W>, joiner: (left: V, right: W) => R, options: Stored = {}): Table<K, R> {
    return new Table(plan({ kind: 'tableJoin', join: 'inner', call: joiner as Callback, as: options.as }, this.node, other.node))
  }
  leftJoin<W, R>(other: Table<K, W>, joiner: (left: V, right: W | null) => R, options: Stored = {}): Table<K, R> {
    return new Table(plan({ kind: 'tableJoin', join: 'left', call: joiner as Callback, as: options.as }, this.node, other.node))
  }
  outerJoin<W, R>(other: Table<K, W>, joiner: (left: V | null, right: W | null) => R, options: Stored = {}): Table<K, R> {
    return new Table(plan({ kind: 'tableJoin', join: 'outer', call: joiner as Callback, as: options.as }, this.node, other.node))
  }
  /**
   * Holds updates back: 'untilWindowCloses' gives each window's last value once, when stream time reaches end + grace;
   * { untilTimeLimitMs } the latest per key after that wait. A full buffer ({ maxRecords, maxBytes }) fails, or emits early.
   */
  suppress(until: 'untilWindowCloses' | SuppressOptions, buffer: Omit<SuppressOptions, 'untilTimeLimitMs'> = {}): Table<K, V> {
    return new Table(plan({ kind: 'suppress', rule: suppressRule(this.node, until, buffer) }, this.node))
  }
  to(topic: string): Output {
    return new Output(plan({ kind: 'sink', topic }, this.node))
  }
}

/** Records by key, ready to be aggregated, with or without windows. Records with a null key or value are dropped and counted. */
export class GroupedStream<K, V> {
  readonly #node: PlanNode
  readonly #rekeyed: boolean
  constructor(node: PlanNode, rekeyed: boolean) {
    this.#node = node
    this.#rekeyed = rekeyed
  }
  windowedBy(windows: WindowDefinition): WindowedStream<K, V> {
    return new WindowedStream(this.#node, this.#rekeyed, windows)
  }
  count(options: Stored = {}): Table<K, number> {
    return new Table(aggregated(this.#node, this.#rekeyed, { ...counting, ...options }))
  }
  reduce(reducer: (aggregate: V, value: V) => V, options: Stored = {}): Table<K, V> {
    return new Table(aggregated(this.#node, this.#rekeyed, { ...reducing(reducer as Callback), ...options }))
  }
  aggregate<A>(initializer: () => A, aggregator: (key: K, value: V, aggregate: A) => A | null, options: Stored = {}): Table<K, A> {
    return new Table(aggregated(this.#node, this.#rekeyed, { initializer, aggregator: aggregator as Callback, merger: second, ...options }))
  }
}

/** Records by key and window. Late records are dropped and counted, one for each closed window they would fall into. */
export class WindowedStream<K, V> {
  readonly #node: PlanNode
  readonly #rekeyed: boolean
  readonly #windows: WindowDefinition
  constructor(node: PlanNode, rekeyed: boolean, windows: WindowDefinition) {
    this.#node = node
    this.#rekeyed = rekeyed
    this.#windows = windows
  }
  count(options: Stored = {}): Table<WindowedKey, number> {
    return new Table(aggregated(this.#node, this.#rekeyed, { ...counting, ...options, windows: this.#windows }))
  }
  reduce(reducer: (aggregate: V, value: V) => V, options: Stored = {}): Table<WindowedKey, V> {
    return new Table(aggregated(this.#node, this.#rekeyed, { ...reducing(reducer as Callback), ...options, windows: this.#windows }))
  }
  /** Session windows need `merger(key, left, right)`: sessions grow together when a record falls between them. */
  aggregate<A>(
    initializer: () => A,
    aggregator: (key: K, value: V, aggregate: A) => A | null,
    merger?: ((key: K, left: A, right: A) => A) | Stored,
    options: Stored = {},
  ): Table<WindowedKey, A> {
    const merge = typeof merger === 'function' ? (merger as Callback) : undefined
    if (this.#windows.kind === 'session' && merge === undefined)
      throw new StreamError('streams.bad_topology', 'a session aggregate needs a merger')
    const rule = { initializer, aggregator: aggregator as Callback, merger: merge ?? second }
    const stored = typeof merger === 'object' ? merger : options
    return new Table(aggregated(this.#node, this.#rekeyed, { ...rule, ...stored, windows: this.#windows }))
  }
}

/** Rows of a table under another key. Kafka: KGroupedTable. */
export class GroupedTable<K, V> {
  readonly #node: PlanNode
  constructor(node: PlanNode) {
    this.#node = node
  }
  count(options: Stored = {}): Table<K, number> {
    return this.aggregate(
      () => 0,
      (_key, _value, count) => count + 1,
      (_key, _value, count) => count - 1,
      options,
    )
  }
  reduce(adder: (aggregate: V, value: V) => V, subtractor: (aggregate: V, value: V) => V, options: Stored = {}): Table<K, V> {
    const [adds, subtracts] = [called(adder, 'reduce (adder)'), called(subtractor, 'reduce (subtractor)')]
    const add: Callback = (_key, value, aggregate) => (aggregate === null ? value : adds(aggregate, value, null))
    const subtract: Callback = (_key, value, aggregate) => subtracts(aggregate, value, null)
    return new Table(plan({ kind: 'tableAggregate', initializer: () => null, add, subtract, as: options.as }, this.#node))
  }
  aggregate<A>(
    initializer: () => A,
    adder: (key: K, value: V, aggregate: A) => A,
    subtractor: (key: K, value: V, aggregate: A) => A,
    options: Stored = {},
  ): Table<K, A> {
    return new Table(
      plan({ kind: 'tableAggregate', initializer, add: adder as Callback, subtract: subtractor as Callback, as: options.as }, this.#node),
    )
  }
}

/** Starts a topology at a topic's records. */
export function stream<V = unknown, K = string>(topic: string): Stream<K, V> {
  return new Stream(plan({ kind: 'source', topic: named(topic) }), false)
}

/** Starts a topology at a topic read as a changelog: the latest value of each key, null deletes. */
export function table<V = unknown, K = string>(topic: string, options: Stored = {}): Table<K, V> {
  return new Table(plan({ kind: 'table', as: options.as }, plan({ kind: 'source', topic: named(topic) })))
}

function named(topic: unknown): string {
  if (typeof topic !== 'string' || topic === '') throw new StreamError('streams.bad_topology', 'a topic needs a name')
  return topic
}

import { readFileSync } from 'node:fs'
import { stream, table, GroupedStream, GroupedTable, Stream, Table, WindowedStream, type Output, type Stored } from './builder.ts'
import type { StreamOutput } from './engine.ts'
import { joiner, longSelectors, mappers, selectors, tests, text, type Select } from './kafka-function.sample.ts'
import { StreamError } from './stream-error.ts'
import type { SuppressOptions } from './suppress.ts'
import type { StreamState } from './stream-state.ts'
import { answer, type CaseQuery } from './kafka-query.sample.ts'
import { engineOf, start, step, topology, type Topology } from './topology.ts'
import { hopping, session, sliding, tumbling, type WindowDefinition } from './window.ts'

/** A topology and a log as data, with what Kafka Streams' own test driver gave for them: outputs per record, and records dropped. */
export type KafkaCase = {
  readonly name: string
  readonly nodes: readonly CaseNode[]
  readonly out: readonly string[]
  readonly records: readonly CaseRecord[]
  readonly emitIntervalMs?: number
  /** Keys are whole numbers, whose bytes Kafka's stores order otherwise than text. */
  readonly longKeys?: boolean
  /** Asked of the stores after the last record. */
  readonly queries?: readonly CaseQuery[]
  /** With caching off. */
  readonly expected: CaseResult
  /** What is otherwise with caching: outputs by the record's place, or all of them; null where Kafka itself breaks. */
  readonly cached?: CachedResult | null
}
export type CaseResult = {
  readonly outputs: readonly (readonly CaseOutput[])[]
  readonly dropped: number
  readonly queries?: readonly (readonly unknown[])[]
}
type CachedResult = Omit<Partial<CaseResult>, 'outputs'> & {
  readonly outputs: CaseResult['outputs'] | Readonly<Record<string, readonly CaseOutput[]>>
}
export type CaseRecord =
  | { readonly advance: number }
  | { readonly topic: string; readonly key: string | number | null; readonly value: string | null; readonly timestamp: number }
/** [key, window start, window end, value, timestamp, index of the output], or 'THROWS'. */
export type CaseOutput = readonly [unknown, number | null, number | null, unknown, number, number] | 'THROWS'
type CaseWindow = {
  readonly kind?: string
  readonly sizeMs?: number
  readonly advanceMs?: number
  readonly graceMs?: number
  readonly timeDifferenceMs?: number
  readonly gapMs?: number
  readonly beforeMs?: number
  readonly afterMs?: number
}
export type CaseNode = {
  readonly id: string
  readonly op: string
  readonly in?: string
  readonly with?: string
  readonly topic?: string
  readonly fn?: string
  readonly fns?: readonly string[]
  readonly retentionMs?: number
  readonly as?: string
  readonly init?: string
  readonly nulls?: boolean
  readonly w?: CaseWindow
  readonly rule?: 'untilWindowCloses' | (SuppressOptions & { readonly closes?: boolean })
}

type Any = Stream<unknown, unknown> | Table<unknown, unknown>
type Held = Any | GroupedStream<unknown, unknown> | GroupedTable<unknown, unknown> | WindowedStream<unknown, unknown>

/** Random topologies and logs with the outcomes of Kafka Streams 4.3.1's TopologyTestDriver, with caching off and with its default cache. */
export const kafkaCases: readonly KafkaCase[] = readFileSync(new URL('kafka-cases.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as KafkaCase)

/** Runs a case and gives what Kafka's driver would be asked for, in the same shape. `between` may swap the state after each record. */
export function runCase(given: KafkaCase, caching: boolean, between: (state: StreamState) => StreamState = (state) => state): CaseResult {
  let state = between(start(topologyOf(given), { caching }))
  const outputs: CaseOutput[][] = []
  for (const record of given.records) {
    if ('advance' in record) {
      engineOf(state).runtime.wallClockMs += record.advance
      outputs.push([])
      continue
    }
    try {
      const [next, made] = step(state, record, record.topic)
      outputs.push(byOutput(made))
      state = between(next)
    } catch (error) {
      if (!(error instanceof StreamError)) throw error
      outputs.push(['THROWS'])
      return { outputs, dropped: -1 }
    }
  }
  const { queries } = given
  if (queries === undefined) return { outputs, dropped: state.droppedRecords }
  return { outputs, dropped: state.droppedRecords, queries: queries.map((query) => answer(state, query)) }
}

/** What Kafka gave for a case, or undefined where it broke. */
export function expectedOf({ expected, cached }: KafkaCase, caching: boolean): CaseResult | undefined {
  if (!caching || cached === undefined) return expected
  if (cached === null) return undefined
  const { outputs } = cached
  if (isWhole(outputs)) return { ...expected, ...cached, outputs }
  return { ...expected, ...cached, outputs: expected.outputs.map((made, at) => outputs[at] ?? made) }
}

function isWhole(outputs: CachedResult['outputs']): outputs is CaseResult['outputs'] {
  return Array.isArray(outputs)
}

/** `tap` hears every output's records, and may throw. */
export function topologyOf(given: KafkaCase, tap?: () => void): Topology {
  const built = new Map<string, Held>()
  for (const node of given.nodes) build(node, built, given.longKeys === true)
  const outs = given.out.map((id, index): Output => {
    const end = built.get(id)
    if (tap !== undefined && end instanceof Table) return end.toStream().peek(tap).to(String(index))
    if (tap !== undefined && end instanceof Stream) return end.peek(tap).to(String(index))
    if (end instanceof Stream || end instanceof Table) return end.to(String(index))
    throw new Error(`${id} is no output`)
  })
  return topology(outs, { outerJoinEmitIntervalMs: given.emitIntervalMs ?? 0 })
}

function byOutput(outputs: readonly StreamOutput[]): CaseOutput[] {
  const rows = outputs.map((row): CaseOutput => [
    row.key,
    row.window?.start ?? null,
    row.window?.end ?? null,
    row.value,
    row.timestamp,
    Number(row.topic),
  ])
  return rows.sort((one, other) => Number(one[5]) - Number(other[5]))
}

function build(node: CaseNode, built: Map<string, Held>, longKeys: boolean): void {
  const from = built.get(node.in ?? '')
  if (node.op === 'branch' && from instanceof Stream) {
    const branches = from.branch(
      ...(node.fns ?? []).map((fn) => (_key: unknown, value: unknown) => value !== null && tests[fn]?.(value) === true),
    )
    for (const [at, branch] of branches.entries()) built.set(`${node.id}_${at}`, branch)
  } else built.set(node.id, held(node, built, (longKeys ? longSelectors : selectors)[node.fn ?? ''] ?? ((key) => text(key))))
}

function held(node: CaseNode, built: Map<string, Held>, select: Select): Held {
  const fn = node.fn ?? ''
  const { as, retentionMs } = node
  const stored: Stored = { ...(as === undefined ? {} : { as }), ...(retentionMs === undefined ? {} : { retentionMs }) }
  if (node.op === 'stream') return stream<unknown, unknown>(node.topic ?? '')
  if (node.op === 'table') return table<unknown, unknown>(node.topic ?? '', stored)
  const from = built.get(node.in ?? '')
  if (from instanceof GroupedStream || from instanceof GroupedTable || from instanceof WindowedStream) return aggregated(node, from, stored)
  const keep = tests[fn] ?? (() => true)
  const mapper = mappers[fn] ?? ((value: unknown) => value)
  if (from instanceof Table) {
    if (node.op === 'filter') return from.filter((_key, value) => keep(value), stored)
    if (node.op === 'filterNot') return from.filterNot((_key, value) => keep(value), stored)
    if (node.op === 'mapValues') return from.mapValues(mapper, stored)
    if (node.op === 'toStream') return from.toStream()
    if (node.op === 'suppress') return suppressed(from, node.rule ?? 'untilWindowCloses')
    if (node.op === 'groupBy') return from.groupBy((key, value) => [select(key, value), value] as const)
    return joinedTable(node, from, { other: built.get(node.with ?? '') as Table<unknown, unknown>, stored })
  }
  if (from instanceof Stream) return streamed(node, from, { other: built.get(node.with ?? ''), stored, keep, mapper, select })
  throw new Error(`no ${node.in}`)
}

function suppressed(from: Table<unknown, unknown>, rule: NonNullable<CaseNode['rule']>): Held {
  if (typeof rule === 'string') return from.suppress(rule)
  const { closes, ...buffer } = rule
  return closes === true ? from.suppress('untilWindowCloses', buffer) : from.suppress(buffer)
}

type StreamParts = {
  other: Held | undefined
  stored: Stored
  keep: (value: unknown) => boolean
  mapper: (value: unknown) => unknown
  select: Select
}

function streamed(node: CaseNode, from: Stream<unknown, unknown>, parts: StreamParts): Held {
  const { select } = parts
  const other = parts.other as Any
  switch (node.op) {
    case 'filter':
      return from.filter((_key, value) => value !== null && parts.keep(value))
    case 'filterNot':
      return from.filterNot((_key, value) => value === null || parts.keep(value))
    case 'mapValues':
      return from.mapValues((value) => (value === null ? null : parts.mapper(value)))
    case 'map':
      return from.map((key, value) => [select(key, value), value === null ? null : `${text(value)}m`])
    case 'flatMapValues':
      return from.flatMapValues((value) => (value === null ? [] : [value, `${text(value)}2`]))
    case 'flatMap':
      return from.flatMap((key, value) =>
        value === null
          ? []
          : [
              { key, value },
              { key: select(key, value), value: `${text(value)}f` },
            ],
      )
    case 'selectKey':
      return from.selectKey(select)
    case 'merge':
      return from.merge(other as Stream<unknown, unknown>)
    case 'toTable':
      return from.toTable(parts.stored)
    case 'repartition':
      return from.repartition()
    case 'groupByKey':
      return from.groupByKey()
    case 'groupBy':
      return from.groupBy(select)
    case 'join':
      return from.join(other, joiner, node.w)
    case 'leftJoin':
      return from.leftJoin(other, joiner, node.w)
    case 'outerJoin':
      return from.outerJoin(other as Stream<unknown, unknown>, joiner, node.w ?? {})
    default:
      throw new Error(node.op)
  }
}

function joinedTable(node: CaseNode, from: Table<unknown, unknown>, parts: { other: Table<unknown, unknown>; stored: Stored }): Held {
  if (node.op === 'join') return from.join(parts.other, joiner, parts.stored)
  if (node.op === 'leftJoin') return from.leftJoin(parts.other, joiner, parts.stored)
  if (node.op === 'outerJoin') return from.outerJoin(parts.other, joiner, parts.stored)
  throw new Error(node.op)
}

function aggregated(
  node: CaseNode,
  from: GroupedStream<unknown, unknown> | GroupedTable<unknown, unknown> | WindowedStream<unknown, unknown>,
  stored: Stored,
): Held {
  const add = (_key: unknown, value: unknown, sum: string): string | null =>
    node.nulls === true && value === 'n' ? null : `${text(sum)}+${text(value)}`
  const subtract = (_key: unknown, value: unknown, sum: string): string => `${text(sum)}-${text(value)}`
  const reducer = (sum: unknown, value: unknown): unknown => `${text(sum)},${text(value)}`
  const initializer = (): string => node.init ?? ''
  if (from instanceof GroupedTable) {
    if (node.op === 'count') return from.count(stored)
    if (node.op === 'reduce') return from.reduce(reducer, (sum, value) => `${text(sum)}/${text(value)}`, stored)
    return from.aggregate<unknown>(
      initializer,
      (key, value, sum) => add(key, value, text(sum)),
      (key, value, sum) => subtract(key, value, text(sum)),
      stored,
    )
  }
  if (from instanceof GroupedStream) {
    if (node.op === 'windowedBy') return from.windowedBy(windowsOf(node.w ?? {}))
    if (node.op === 'count') return from.count(stored)
    if (node.op === 'reduce') return from.reduce(reducer, stored)
    return from.aggregate<unknown>(initializer, (key, value, sum) => add(key, value, text(sum)), stored)
  }
  if (node.op === 'count') return from.count(stored)
  if (node.op === 'reduce') return from.reduce(reducer, stored)
  return from.aggregate<unknown>(
    initializer,
    (key, value, sum) => add(key, value, text(sum)),
    (_key, left, right) => `${text(left)}|${text(right)}`,
    stored,
  )
}

function windowsOf(w: CaseWindow): WindowDefinition {
  const { sizeMs = 0, advanceMs = 0, graceMs = 0, timeDifferenceMs = 0, gapMs = 0 } = w
  if (w.kind === 'tumbling') return tumbling({ sizeMs, graceMs })
  if (w.kind === 'hopping') return hopping({ sizeMs, advanceMs, graceMs })
  if (w.kind === 'sliding') return sliding({ timeDifferenceMs, graceMs })
  return session({ gapMs, graceMs })
}

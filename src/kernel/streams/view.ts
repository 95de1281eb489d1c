import type { Engine, StreamOutput } from './engine.ts'
import { compareKeys, identity, keyOf, WindowedKey } from './key-order.ts'
import type { PlanNode } from './plan.ts'
import type { SegmentStore } from './segment-store.ts'
import { sessionsAround } from './session-aggregate.ts'
import { StreamError } from './stream-error.ts'
import type { TableStore } from './table-store.ts'
import type { StreamState } from './stream-state.ts'
import { engineOf } from './topology.ts'
import type { SegmentEntry } from './value-text.ts'

/** A row of a view, shaped like an output. */
export type ViewRow = Omit<StreamOutput, 'topic'>
export type ViewPage = { readonly from?: unknown; readonly to?: unknown; readonly limit?: number }
export type WindowPage = { readonly fromMs?: number; readonly toMs?: number; readonly limit?: number }

const DEFAULT_ROWS = 1_000
const MAX_ROWS = 100_000

/**
 * Reads a table or aggregate that was stored `{ as: name }`. Rows come in Kafka's order of key bytes, then window; windows
 * past the store's retention are shown for a while with caching, not without. Pages hold at most `limit` rows (default 1,000, at most 100,000).
 */
export type View = {
  /** The row of a key (of a windowed key: `window` with its start and, for sessions, its end). */
  get(key: unknown, window?: { readonly start: number; readonly end?: number }): ViewRow | undefined
  /** Rows with from ≤ key ≤ to, both optional. */
  range(page?: ViewPage): ViewRow[]
  /** A key's windows that start (sessions: overlap) between fromMs and toMs, oldest first. */
  windows(key: unknown, page?: WindowPage): ViewRow[]
  /** All keys' windows that start (sessions: overlap) between fromMs and toMs. */
  windowRange(page?: WindowPage): ViewRow[]
}

/** Throws streams.unknown_view when nothing is stored under that name. */
export function viewOf(engine: Engine, name: string): View {
  const node = engine.nodes.find(({ step }) => 'as' in step && step.as === name)
  const segments = node === undefined ? undefined : engine.stores.segments.get(node)
  const rows = node === undefined ? undefined : engine.stores.tables.get(node)
  if (node !== undefined && segments !== undefined) return windowView(segments, windowsOf(node))
  if (rows !== undefined) return tableView(rows)
  throw new StreamError('streams.unknown_view', `nothing is stored as ${name}`)
}

function tableView(rows: TableStore): View {
  const rowOf = (key: unknown): ViewRow | undefined => {
    const entry = rows.get(identity(key))
    return entry === undefined ? undefined : shown(key, entry.value, entry.timestamp)
  }
  const range = (page: ViewPage = {}): ViewRow[] => {
    const keys = Array.from(rows.ids(), keyOf).filter((key) => within(key, page))
    return keys
      .sort(compareKeys)
      .slice(0, limitOf(page.limit))
      .map(rowOf)
      .filter((row) => row !== undefined)
  }
  const noWindows = (): never => {
    throw new StreamError('streams.unknown_view', 'this view has no windows: use get or range')
  }
  return {
    get: (key, window) =>
      rowOf(window === undefined ? key : new WindowedKey(key, { start: window.start, end: window.end ?? window.start })),
    range,
    windows: noWindows,
    windowRange: noWindows,
  }
}

type Windows = { readonly session: boolean; readonly spanMs: number }

function windowView(store: SegmentStore, windows: Windows): View {
  const rowOf = (key: unknown, entry: SegmentEntry): ViewRow => {
    const window = windows.session ? { start: entry.mark, end: entry.time } : { start: entry.time, end: entry.time + windows.spanMs }
    return { key, window, value: entry.value, timestamp: windows.session ? entry.time : entry.mark }
  }
  const list = (id: string, page: WindowPage): SegmentEntry[] => {
    const span = { from: page.fromMs ?? 0, to: page.toMs ?? Number.MAX_SAFE_INTEGER }
    return windows.session ? sessionsAround(store, id, span) : store.newestFirst(id, span.from, span.to).reverse()
  }
  const all = (page: WindowPage, keys: ViewPage): ViewRow[] => {
    const to = page.toMs ?? Number.MAX_SAFE_INTEGER
    const rows: ViewRow[] = []
    for (const { id, entry } of store.between(page.fromMs ?? 0, windows.session ? Number.MAX_SAFE_INTEGER : to)) {
      const key = keyOf(id)
      if (entry.time >= 0 && (!windows.session || entry.mark <= to) && within(key, keys)) rows.push(rowOf(key, entry))
    }
    return rows.sort(byKeyThenWindow).slice(0, limitOf(page.limit ?? keys.limit))
  }
  return {
    get: (key, window) => {
      const entry = list(identity(key), {}).find((found) => {
        const start = windows.session ? found.mark : found.time
        return (
          window === undefined || (start === window.start && (window.end === undefined || !windows.session || found.time === window.end))
        )
      })
      return entry === undefined ? undefined : rowOf(key, entry)
    },
    range: (page = {}) => all({}, page),
    windows: (key, page = {}) =>
      list(identity(key), page)
        .slice(0, limitOf(page.limit))
        .map((entry) => rowOf(key, entry)),
    windowRange: (page = {}) => all(page, {}),
  }
}

function windowsOf(node: PlanNode): Windows {
  const windows = node.step.kind === 'aggregate' ? node.step.windows : undefined
  if (windows?.kind === 'time') return { session: false, spanMs: windows.sizeMs }
  if (windows?.kind === 'sliding') return { session: false, spanMs: windows.timeDifferenceMs }
  return { session: true, spanMs: 0 }
}

function shown(key: unknown, value: unknown, timestamp: number): ViewRow {
  return key instanceof WindowedKey ? { key: key.key, window: key.window, value, timestamp } : { key, value, timestamp }
}

function within(key: unknown, page: ViewPage): boolean {
  return (page.from === undefined || compareKeys(key, page.from) >= 0) && (page.to === undefined || compareKeys(key, page.to) <= 0)
}

function byKeyThenWindow(one: ViewRow, other: ViewRow): number {
  return (
    compareKeys(one.key, other.key) ||
    (one.window?.end ?? 0) - (other.window?.end ?? 0) ||
    (one.window?.start ?? 0) - (other.window?.start ?? 0)
  )
}

function limitOf(limit = DEFAULT_ROWS): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_ROWS)
    throw new StreamError('streams.unknown_view', `limit must be from 1 to ${MAX_ROWS}`)
  return limit
}

/** A view of a state between steps; see `View`. */
export function view(state: StreamState, name: string): View {
  return viewOf(engineOf(state), name)
}

import type { StreamState } from './stream-state.ts'
import { view, type ViewRow } from './view.ts'

/** A question to a store by name: `kind` is get, range, windows (of one key) or windowRange; `type` what kind of store it is. */
export type CaseQuery = {
  readonly store: string
  readonly type: 'table' | 'window' | 'session'
  readonly kind: 'get' | 'range' | 'windows' | 'windowRange'
  readonly key?: string | number
  readonly fromKey?: string | number
  readonly toKey?: string | number
  readonly from?: number
  readonly to?: number
}

/** The rows as Kafka's own store gives them: [key, start, end, value, timestamp], of one key's windows [start, value, timestamp]. */
export function answer(state: StreamState, query: CaseQuery): unknown[] {
  const { type, kind, key, fromKey, toKey, from, to } = query
  const shown = view(state, query.store)
  const page = { ...(from === undefined ? {} : { fromMs: from }), ...(to === undefined ? {} : { toMs: to }) }
  if (kind === 'get') {
    const row = shown.get(key)
    return row === undefined ? [] : [rowOf(row)]
  }
  if (kind === 'windows') {
    const rows = shown.windows(key, page)
    if (type === 'session') return rows.map((row) => [...rowOf(row).slice(0, 4), -1])
    return rows.map(({ window, value, timestamp }) => [window?.start, value, timestamp])
  }
  const rows = kind === 'windowRange' ? shown.windowRange(page) : shown.range(fromKey === undefined ? {} : { from: fromKey, to: toKey })
  // Kafka walks the windows of many keys segment by segment: the same rows, compared sorted.
  return type === 'window' ? rows.map(rowOf).sort(byText) : rows.map(rowOf)
}

function byText(one: readonly unknown[], other: readonly unknown[]): number {
  const [left, right] = [String(one[0]), String(other[0])]
  return left === right ? Number(one[1]) - Number(other[1]) : left < right ? -1 : 1
}

function rowOf({ key, window, value, timestamp }: ViewRow): unknown[] {
  return [key, window?.start ?? null, window?.end ?? null, value, timestamp]
}

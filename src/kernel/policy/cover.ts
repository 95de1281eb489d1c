import type { Span } from './dimension.ts'

/** A row of the table as a box: in each dimension the slots it fills. */
export type Box = readonly (readonly Span[])[]

/** What is to be covered: in each dimension the slots to look at, 1 for each. */
export type Region = readonly Uint8Array[]

/** A run of slots in each dimension that no box covers; the first of each run is a slot to look at. */
export type Hole = readonly Span[]

export type Search = { readonly boxes: readonly Box[]; readonly region: Region; readonly budget: { steps: number }; readonly most: number }

/**
 * Finds holes: places of the region that no box covers, at most `most` of them, dimension by dimension. Within a run of
 * slots where the same boxes stand, one look is enough, and equal sets of boxes are looked at once. `complete` is false
 * where the budget of steps ran out first; then there may be more.
 */
export function holesIn(search: Search): { readonly holes: readonly Hole[]; readonly complete: boolean } {
  const holes: Hole[] = []
  const covered = search.region.map(() => new Set<string>())
  const all = search.boxes.map((_, index) => index)
  const state: State = { ...search, holes, covered, suffix: suffixesOf(search) }
  descend(state, all, [])
  return { holes, complete: search.budget.steps > 0 && holes.length < search.most }
}

type State = Search & { readonly holes: Hole[]; readonly covered: readonly Set<string>[]; readonly suffix: readonly Uint8Array[] }

// For each box, from which dimension on it fills the whole region: such a box ends the search below.
function suffixesOf(search: Search): readonly Uint8Array[] {
  return search.boxes.map((box) => {
    const full = new Uint8Array(search.region.length + 1)
    full[search.region.length] = 1
    for (let at = search.region.length - 1; at >= 0; at--)
      full[at] = full[at + 1] === 1 && fills(box[at] ?? [], search.region[at] as Uint8Array) ? 1 : 0
    return full
  })
}

function fills(spans: readonly Span[], region: Uint8Array): boolean {
  let at = 0
  for (const { start, end } of spans) {
    for (; at < start; at++) if (region[at] === 1) return false
    at = Math.max(at, end)
  }
  for (; at < region.length; at++) if (region[at] === 1) return false
  return true
}

function descend(state: State, boxes: readonly number[], path: readonly Span[]): void {
  const depth = path.length
  const region = state.region[depth]
  if (region === undefined || boxes.some((box) => state.suffix[box]?.[depth] === 1)) {
    if (boxes.length === 0) state.holes.push(path)
    return
  }
  for (const run of runsOf(state, boxes, depth)) {
    if (state.budget.steps <= 0 || state.holes.length >= state.most) return
    if (run.boxes.length === 0) {
      state.holes.push([...path, run.span, ...state.region.slice(depth + 1).map(firstRun)])
      continue
    }
    // A set of boxes that covered all that lies deeper covers it again.
    const key = run.boxes.join()
    const known = state.covered[depth] as Set<string>
    if (known.has(key)) continue
    const before = state.holes.length
    descend(state, run.boxes, [...path, run.span])
    if (state.holes.length === before && state.budget.steps > 0) known.add(key)
  }
}

function firstRun(region: Uint8Array): Span {
  const start = region.indexOf(1)
  let end = start
  while (end < region.length && region[end] === 1) end++
  return { start, end }
}

type Run = { readonly span: Span; readonly boxes: readonly number[] }

// Between two neighbouring bounds of the boxes the same boxes stand over every slot.
function* runsOf(state: State, boxes: readonly number[], depth: number): Generator<Run> {
  const region = state.region[depth] as Uint8Array
  const edges = edgesOf(state, boxes, depth)
  const standing = new Set<number>()
  let next = 0
  let start = -1
  for (let at = 0; at < region.length; at = edges[next]?.at ?? region.length) {
    for (let edge = edges[next]; edge !== undefined && edge.at <= at; edge = edges[++next]) {
      if (edge.opens) standing.add(edge.box)
      else standing.delete(edge.box)
    }
    if (start < at) start = region.indexOf(1, at)
    if (start < 0) return
    const end = edges[next]?.at ?? region.length
    if (start >= end) continue
    state.budget.steps -= standing.size + 1
    yield { span: { start, end }, boxes: [...standing].sort((a, b) => a - b) }
  }
}

type Edge = { readonly at: number; readonly box: number; readonly opens: boolean }

// Where boxes begin and end to stand; at one place those that end come first, for the next span of a box may begin there.
function edgesOf(state: State, boxes: readonly number[], depth: number): readonly Edge[] {
  const edges: Edge[] = []
  for (const box of boxes)
    for (const { start, end } of state.boxes[box]?.[depth] ?? [])
      edges.push({ at: start, box, opens: true }, { at: end, box, opens: false })
  state.budget.steps -= edges.length
  return edges.sort((a, b) => a.at - b.at || Number(a.opens) - Number(b.opens))
}

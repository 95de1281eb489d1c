import { JavaNumber } from './json.ts'
import { MAX_SPEC_DEPTH, MAX_SPEC_NODES, MAX_SPEC_TEXT } from './limits.ts'
import { SpecError, pointer } from './spec-error.ts'

type Open = { readonly path: string; readonly value: unknown; readonly depth: number }

/** Refuses a spec that is too deep, too large, or no JSON; in bounded time, without recursion, so that whoever reads on may recurse. */
export function checkSpec(spec: unknown): void {
  const open: Open[] = [{ path: '', value: spec, depth: 0 }]
  let nodes = 0
  let text = 0
  const spend = (path: string, characters: number): void => {
    nodes++
    text += characters
    if (nodes > MAX_SPEC_NODES) throw new SpecError(path, `a spec of more than ${MAX_SPEC_NODES} lines`)
    if (text >= MAX_SPEC_TEXT) throw new SpecError(shorten(path), `a spec of more than ${MAX_SPEC_TEXT} characters`)
  }
  for (let top = open.pop(); top !== undefined; top = open.pop()) {
    const { path, value, depth } = top
    spend(path, typeof value === 'string' ? value.length : 0)
    if (depth > MAX_SPEC_DEPTH) throw new SpecError(shorten(path), `a spec of more than ${MAX_SPEC_DEPTH} levels`)
    if (typeof value !== 'object' || value === null || value instanceof JavaNumber) {
      if (typeof value === 'function' || typeof value === 'symbol') throw new SpecError(path, 'a spec is JSON')
      continue
    }
    const keys = Object.keys(value)
    if (Array.isArray(value) && value.length !== keys.length)
      throw new SpecError(shorten(path), 'a spec is JSON, in which lists have no holes')
    for (const key of keys) {
      if (!Array.isArray(value)) spend(path, key.length)
      open.push({ path: pointer(path, key), value: (value as Record<string, unknown>)[key], depth: depth + 1 })
    }
  }
}

const LONGEST_PATH = 200

function shorten(path: string): string {
  return path.length <= LONGEST_PATH ? path : `${path.slice(0, LONGEST_PATH)}…`
}

import { closureOf } from './closure.ts'
import { describe } from './fields.ts'
import { partsOf, type Node, type QuantifierNode, type RefNode } from './node.ts'
import { readerOf, valueAt } from './row-value.ts'

/** What a part of a predicate came to for one row, and why; conditions inside it are its parts. */
export type Explanation = {
  /** The part as it was written; an element of a list has its place added, `c.verified [1]`. */
  readonly text: string
  readonly value: boolean | null
  readonly why: string
  readonly parts: readonly Explanation[]
}

const elementsAtMost = 20

/** Explains every condition of the predicate for a row, evaluated parts and unevaluated ones alike. */
export function explain(node: Node, text: string, row: unknown): Explanation {
  return explainNode(node, { text, row, frame: [], suffix: '' })
}

type Case = { readonly text: string; readonly row: unknown; readonly frame: unknown[]; readonly suffix: string }

function explainNode(node: Node, at: Case): Explanation {
  const value = closureOf(node, at.frame)(at.row) as boolean | null
  const text = at.text.slice(node.start, node.end) + at.suffix
  if (node.op === 'quantifier') return { text, value, ...elements(node, value, at) }
  const parts = conditionsIn(node).map((part) => explainNode(part, at))
  return { text, value, why: reason(node, value, { at, parts }), parts }
}

function conditionsIn(node: Node): readonly Node[] {
  return partsOf(node).flatMap((part) => {
    if (part.op === 'constant') return []
    return part.type.kind === 'bool' ? [part] : conditionsIn(part)
  })
}

function reason(node: Node, value: boolean | null, given: { at: Case; parts: readonly Explanation[] }): string {
  switch (node.op) {
    case 'and':
    case 'or':
      return junction(node.op === 'or', value, given.parts)
    case 'if': {
      const test = given.parts[0]
      if (test === undefined || test.value === null) return 'the condition is unknown'
      return `the condition is ${test.value}`
    }
    case 'not':
      return node.part.op === 'isNull' ? facts(node, value, given.at) : `not ${shown(given.parts[0]?.value ?? null)}`
    default:
      return facts(node, value, given.at)
  }
}

function junction(decisive: boolean, value: boolean | null, parts: readonly Explanation[]): string {
  const deciding = parts.find((part) => part.value === value)
  if (value === decisive || value === null) return `${deciding?.text ?? 'a part'} is ${shown(value)}`
  return `every part is ${shown(value)}`
}

// The values that a condition without parts was judged by.
function facts(node: Node, value: boolean | null, at: Case): string {
  const refs = new Map(refsIn(node).map((ref) => [at.text.slice(ref.start, ref.end), ref]))
  const told = [...refs].map(([name, ref]) => `${name} ${fact(ref, at)}`)
  const isHidden = value === null && refsIn(node).every((ref) => isKnown(ref, at))
  return [...told, ...(isHidden ? [hiddenReason(node, at)] : [])].join(', ') || `always ${shown(value)}`
}

// All fields are known and the answer is not.
function hiddenReason(node: Node, at: Case): string {
  const isElement = node.op === 'member' && closureOf(node.left, at.frame)(at.row) !== null
  return isElement ? 'an element is unknown' : 'nothing is divided by zero'
}

function refsIn(node: Node): readonly RefNode[] {
  return node.op === 'ref' ? [node] : partsOf(node).flatMap(refsIn)
}

function rawOf(ref: RefNode, at: Case): unknown {
  return valueAt(ref.root === 0 ? at.row : at.frame[ref.root], ref.names)
}

function isKnown(ref: RefNode, at: Case): boolean {
  const raw = rawOf(ref, at)
  if (ref.type.kind === 'list') return Array.isArray(raw)
  return readerOf(ref.type)(raw) !== null
}

function fact(ref: RefNode, at: Case): string {
  const raw = rawOf(ref, at)
  if (raw === undefined) return 'is missing'
  if (raw === null) return 'is null'
  if (ref.type.kind === 'list' && Array.isArray(raw)) return `has ${raw.length} elements`
  if (ref.type.kind === 'object') return 'is there'
  return isKnown(ref, at) ? `is ${shown(raw)}` : `is ${shown(raw)}, which is no ${describe(ref.type)}`
}

function shown(value: unknown): string {
  if (value === null) return 'unknown'
  if (typeof value === 'string') return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value)
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object'
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : `a ${typeof value}`
}

function elements(node: QuantifierNode, value: boolean | null, at: Case): Pick<Explanation, 'why' | 'parts'> {
  const list = rawOf(node.list, at)
  const name = at.text.slice(node.list.start, node.list.end)
  if (!Array.isArray(list)) return { why: `${name} ${fact(node.list, at)}`, parts: [] }
  const parts = list.slice(0, elementsAtMost).map((element, index) => {
    at.frame[node.variable] = element
    return explainNode(node.body, { ...at, suffix: `${at.suffix} [${index}]` })
  })
  const count = (wanted: boolean | null): number => parts.filter((part) => part.value === wanted).length
  const tally = `${count(true)} true, ${count(false)} false, ${count(null)} unknown`
  return {
    why: `of ${list.length} elements of ${name}${list.length > elementsAtMost ? ` (the first ${elementsAtMost})` : ''} ${tally}: ${shown(value)}`,
    parts,
  }
}

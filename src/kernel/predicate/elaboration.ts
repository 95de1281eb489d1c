import type { ASTNode } from '@marcbachmann/cel-js'
import { closureOf } from './closure.ts'
import { describe, type Type } from './fields.ts'
import { partsOf, type Constant, type ConstantNode, type Node } from './node.ts'
import { PredicateError } from './predicate-error.ts'

export type Variable = { readonly number: number; readonly type: Type }

/** What the steps of elaboration have in common: the text for positions, and the way back into the recursion. */
export type Elaboration = {
  readonly text: string
  readonly build: (ast: ASTNode) => Node
  /** Builds `ast` with one more variable in scope, whose number is given to the builder. */
  readonly within: (name: string, type: Type, ast: ASTNode) => { readonly variable: number; readonly body: Node }
}

type Place = { readonly start: number }

export const boolean: Type = { kind: 'bool' }
export const integer: Type = { kind: 'int' }
export const nothing: Type = { kind: 'null' }

/** A refusal at the start of a part of the text. */
export function refuse(elaboration: Elaboration, place: Place, message: string, instead?: string): PredicateError {
  return new PredicateError(message, { text: elaboration.text, at: place.start }, instead)
}

/** The refusal of an unknown name, with the nearest known one. */
export function noField(
  elaboration: Elaboration,
  place: Place,
  given: { readonly name: string; readonly known: readonly string[] },
): PredicateError {
  const near = given.known
    .map((name) => ({ name, distance: distanceOf(name.toLowerCase(), given.name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0]
  const instead = near !== undefined && near.distance <= Math.max(1, given.name.length / 3) ? near.name : undefined
  return refuse(elaboration, place, `there is no field ${given.name}`, instead)
}

// Edits from one name to the other; names have at most 63 characters, longer ones are not near any.
function distanceOf(left: string, right: string): number {
  if (right.length > 70) return right.length
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const change = (row[j - 1] as number) + (left[i - 1] === right[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[right.length] as number
}

/** The text of a part, as the user wrote it. */
export function textOf(elaboration: Elaboration, part: { readonly start: number; readonly end: number }): string {
  return elaboration.text.slice(part.start, part.end)
}

export function constant(span: { readonly start: number; readonly end: number }, type: Type, value: Constant): ConstantNode {
  return { op: 'constant', type, value, start: span.start, end: span.end }
}

/** Replaces an operation on constants by its value, so that every back end sees the same one. */
export function fold(node: Node): Node {
  const parts = partsOf(node)
  if (parts.length === 0 || node.type.kind === 'list' || node.type.kind === 'object') return node
  if (!parts.every((part) => part.op === 'constant')) return node
  const value = closureOf(node, [])(null)
  return constant(node, node.type, typeof value === 'number' && node.type.kind !== 'double' ? BigInt(value) : value)
}

/** Refuses a part that is not of the kind its place needs. */
export function demand(elaboration: Elaboration, node: Node, kind: Type['kind']): Node {
  if (node.type.kind === kind) return node
  throw refuse(elaboration, node, `${textOf(elaboration, node)} is ${describe(node.type)}; ${kind} is needed here`)
}

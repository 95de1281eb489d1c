import { isDate, type Row } from '#kernel/predicate'
import type { Decision } from './policy.ts'
import type { Cell, Rule } from './rules.ts'
import type { Table } from './table.ts'

export type CellExplanation = { readonly input: string; readonly text: string; readonly value: boolean | null }

/** Whether a row of the table holds, and each of its cells by itself; `inEffect` says whether the day is in its period. */
export type RowExplanation = {
  readonly id: string
  readonly holds: boolean
  readonly inEffect: boolean
  readonly cells: readonly CellExplanation[]
}

export type DecisionExplanation = {
  readonly decision: Decision
  /** For `first` the rows up to the winner, for the others all. */
  readonly rows: readonly RowExplanation[]
}

type Explained = {
  readonly table: Table
  readonly rules: readonly Rule[]
  readonly row: Row
  readonly day: string
  readonly decision: Decision
}

/** Explains a decision by evaluating every cell for itself, without the index. */
export function explainDecision({ table, rules, row, day, decision }: Explained): DecisionExplanation {
  const winner = table.hit === 'first' ? rules.findIndex((rule) => rule.id === decision.rows[0]) : -1
  const shown = winner < 0 ? rules : rules.slice(0, winner + 1)
  return { decision, rows: shown.map((rule) => explainRule(rule, row, day)) }
}

function explainRule(rule: Rule, row: Row, day: string): RowExplanation {
  const inEffect = isInEffect(rule, day)
  const cells = rule.cells.map((cell: Cell) => ({ input: cell.input, text: cell.text, value: cell.solved.test(row) }))
  return { id: rule.id, holds: inEffect && cells.every((cell) => cell.value === true), inEffect, cells }
}

/** Whether a rule is in effect on a day; one without dates always is. */
export function isInEffect(rule: Pick<Rule, 'from' | 'to'>, day: string): boolean {
  if (rule.from === null && rule.to === null) return true
  return isDate(day) && (rule.from === null || rule.from <= day) && (rule.to === null || day < rule.to)
}

/** Whether a row holds, judged cell by cell without the index. */
export function holds(rule: Rule, row: Row, day: string): boolean {
  return isInEffect(rule, day) && rule.cells.every((cell) => cell.solved.test(row) === true)
}

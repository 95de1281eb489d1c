export { compileTable, type Decision, type Policy } from './policy.ts'
export { PolicyError } from './policy-error.ts'
export type { HitPolicy, Outcome, OutcomeValue, OutputKind, Table, TableRow } from './table.ts'
export type { CellExplanation, DecisionExplanation, RowExplanation } from './explain.ts'

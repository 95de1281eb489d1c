export { compile, type Predicate, type Row } from './predicate.ts'
export { PredicateError } from './predicate-error.ts'
export type { FieldKind, Fields } from './fields.ts'
export type { SqlCondition } from './sql.ts'

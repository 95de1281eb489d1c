export { referenceOf } from './reference.ts'
export type { Declarations } from './declarations.ts'

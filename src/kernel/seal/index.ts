export { digestOf, encode, hashOf } from './canonical.ts'
export type { Field } from './canonical.ts'

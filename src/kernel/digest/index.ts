export { digestOf, salted } from './salted.ts'
export type { Salted } from './salted.ts'
export type { Books, SealedStream } from './stream.ts'

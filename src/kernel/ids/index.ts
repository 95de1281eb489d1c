export { idOf, idSource, isId, timeOfId } from './id.ts'
export type { Id, IdSource } from './id.ts'
export { newId, seededIds, useIds } from './source.ts'

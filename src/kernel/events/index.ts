export { emit, event, eventCatalogue, type EventType } from './append.ts'
export { sealedEvents } from './sealed.ts'

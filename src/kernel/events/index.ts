export { emit, event, eventCatalogue, type EventType } from './append.ts'

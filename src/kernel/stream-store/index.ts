export { outputsOf, postgresStore } from './postgres-store.ts'

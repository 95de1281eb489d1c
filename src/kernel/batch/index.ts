export { batch, batchRoute } from './batch.ts'
export { batchFaults } from './faults.ts'

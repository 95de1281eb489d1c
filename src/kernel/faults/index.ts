export { faults, faultCatalogue, catalogued, type FaultEntry, type FaultStatus } from './catalogue.ts'
export { Fault, assert, type Facts } from './fault.ts'

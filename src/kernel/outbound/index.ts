export { Outbound, type OutboundCall, type Target, type TargetOptions } from './outbound.ts'
export { outboundResilience } from './outbound-resilience.ts'
export { OutboundError, type OutboundErrorKind } from './outbound-error.ts'
export type { Answer } from './exchange.ts'

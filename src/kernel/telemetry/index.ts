export { makeLog, type Log } from './log.ts'
export { Metrics } from './metrics.ts'
export { span } from './span.ts'

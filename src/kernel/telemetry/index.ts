export { makeLog, type Log } from './log.ts'
export { Metrics, type Sample } from './metrics.ts'
export { span, type SpanEnd, type SpanOf } from './span.ts'

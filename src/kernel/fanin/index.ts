export {
  source,
  type CallerContext,
  type LoadContext,
  type Outcome,
  type Source,
  type SourceMetrics,
  type SourceOptions,
} from './source.ts'
export { DeadlineExceededError, isOutage, KeyMissingError, LoadContractError, LoadTimeoutError, QueueFullError } from './refusals.ts'
export type { Clock, Scheduler } from './timing.ts'
export { BATCH_LIMITS, BatchPlanError, planBatch, type PlannedCall } from './batch-plan.ts'
export { runBatch, type BatchAnswer, type BatchRefusal, type BatchRunOptions, type ReadyCall } from './batch-run.ts'
export { virtualScheduler, type VirtualScheduler } from './virtual-scheduler.ts'

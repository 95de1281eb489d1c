export { Executor } from './executor.ts'
export type { ExecutorOptions } from './executor-options.ts'
export {
  operation,
  operationCatalogue,
  view,
  type AloneContext,
  type Context,
  type FreeSql,
  type Operation,
  type PrepareContext,
  type Run,
  type View,
  type ViewContext,
} from './operation.ts'
export {
  nobody,
  own,
  ownerOf,
  permission,
  refuseOthers,
  roles,
  system,
  type Grant,
  type Owner,
  type OwnerRow,
  type Principal,
  type Role,
} from './principal.ts'
export { failure, problem, type FieldError } from './problem.ts'
export type { Call, Reply } from './call.ts'
export type { Session, Step } from './session.ts'
export { LocksMeet } from './held-locks.ts'
export type { Outcome } from './member.ts'
export { forgetAnswers, forgetMax } from './forget-answers.ts'
export { mayPass } from './may-pass.ts'
export { outageFault } from './outage-fault.ts'
export { operationFaults } from './faults.ts'

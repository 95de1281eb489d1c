import type { PlannedCall } from './batch-plan.ts'
import { filled, filledPath, UnresolvedReferenceError } from './reference.ts'

const FAILED = 400
const FAILED_DEPENDENCY = 424 // RFC 4918, section 11.4
const FAULT = 500

export interface BatchAnswer {
  readonly id: string
  readonly status: number
  readonly body: unknown
}

/** A call ready to be made: no reference is left in it. */
export type ReadyCall = Pick<PlannedCall, 'id' | 'method' | 'path' | 'headers' | 'body'>

function ready(call: PlannedCall, answers: ReadonlyMap<string, BatchAnswer>): ReadyCall {
  const answerOf = (id: string): unknown => answers.get(id)?.body
  const { id, method, headers } = call
  return { id, method, headers, path: filledPath(call.path, answerOf), body: filled(call.body, answerOf) }
}

/**
 * Makes the calls of a plan, each as soon as what it waits for is answered, at most `parallel` at a time. One answer for each call,
 * in their order; a call that waits for one that failed, or refers to what is not there, is not made: 424. Never rejects.
 */
export async function runBatch(
  plan: readonly PlannedCall[],
  make: (call: ReadyCall) => Promise<{ readonly status: number; readonly body: unknown }>,
  parallel = 10,
): Promise<BatchAnswer[]> {
  const answers = new Map<string, BatchAnswer>()
  const left = new Set(plan)
  const out = new Set<Promise<void>>()
  const answer = (id: string, status: number, body: unknown): void => void answers.set(id, { id, status, body })
  const start = async (call: PlannedCall): Promise<void> => {
    try {
      const { status, body } = await make(ready(call, answers))
      answer(call.id, status, body)
    } catch (error) {
      if (error instanceof UnresolvedReferenceError)
        answer(call.id, FAILED_DEPENDENCY, { code: 'batch.reference_unresolved', detail: error.message })
      else answer(call.id, FAULT, { code: 'batch.call_failed' })
    }
  }
  while (left.size > 0) {
    for (const call of left) {
      const failed = call.dependsOn.find((id) => (answers.get(id)?.status ?? 0) >= FAILED)
      if (failed !== undefined) {
        left.delete(call)
        answer(call.id, FAILED_DEPENDENCY, { code: 'batch.dependency_failed', dependency: failed })
      } else if (out.size < parallel && call.dependsOn.every((id) => answers.has(id))) {
        left.delete(call)
        const running: Promise<void> = start(call).finally(() => out.delete(running))
        out.add(running)
      }
    }
    if (out.size > 0) await Promise.race(out)
  }
  await Promise.all(out)
  return plan.map(({ id }) => answers.get(id)!)
}

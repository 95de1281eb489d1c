import type { PlannedCall } from './batch-plan.ts'
import { filled, filledPath, UnresolvedReferenceError } from './reference.ts'

const FAILED = 400
const PARALLEL = 10

/** What a call came to. `body` is looked at only if another call refers to it. */
export interface BatchAnswer {
  readonly status: number
  readonly body: unknown
}

/** Why a call was not made, or not to its end. */
export type BatchRefusal =
  /** A call it depends on failed or was not made. */
  | { readonly why: 'dependency_failed'; readonly dependency: string }
  /** It refers to what an earlier answer does not hold. */
  | { readonly why: 'reference_unresolved'; readonly detail: string }
  /** The batch was given up before its turn came. */
  | { readonly why: 'abandoned' }
  /** `make` threw. */
  | { readonly why: 'failed'; readonly error: unknown }

/** A call ready to be made: no reference is left in it. */
export type ReadyCall = Pick<PlannedCall, 'id' | 'method' | 'path' | 'headers' | 'body'>

export interface BatchRunOptions<A extends BatchAnswer> {
  readonly make: (call: ReadyCall) => Promise<A>
  /** The answer to a call that was not made; a status of 400 or more. */
  readonly refuse: (call: PlannedCall, refusal: BatchRefusal) => A
  /** Calls at a time; 10. */
  readonly parallel?: number | undefined
  /** Once aborted no further call is made; those under way end as they may. */
  readonly signal?: AbortSignal | undefined
}

function ready<A extends BatchAnswer>(call: PlannedCall, answers: ReadonlyMap<string, A>): ReadyCall {
  const answerOf = (id: string): unknown => answers.get(id)?.body
  const { id, method, headers } = call
  return { id, method, headers, path: filledPath(call.path, answerOf), body: filled(call.body, answerOf) }
}

/**
 * Makes the calls of a plan, each as soon as what it waits for is answered, at most `parallel` at a time. One answer for each call,
 * in their order; a call whose dependency failed, or that refers to what is not there, is not made. Rejects with RangeError
 * alone, for a plan not made by `planBatch` that waits for itself, or `parallel` below 1.
 */
export async function runBatch<A extends BatchAnswer>(plan: readonly PlannedCall[], options: BatchRunOptions<A>): Promise<A[]> {
  const { make, refuse, parallel = PARALLEL, signal } = options
  if (!(parallel >= 1)) throw new RangeError(`parallel must be 1 or more, not ${parallel}`)
  const answers = new Map<string, A>()
  const left = new Set(plan)
  const out = new Set<Promise<void>>()
  const start = async (call: PlannedCall): Promise<void> => {
    try {
      answers.set(call.id, await make(ready(call, answers)))
    } catch (error) {
      const unresolved = error instanceof UnresolvedReferenceError
      answers.set(call.id, refuse(call, unresolved ? { why: 'reference_unresolved', detail: error.message } : { why: 'failed', error }))
    }
  }
  while (left.size > 0) {
    const before = left.size
    for (const call of left) {
      const dependency = call.dependsOn.find((id) => (answers.get(id)?.status ?? 0) >= FAILED)
      const refusal: BatchRefusal | undefined =
        signal?.aborted === true ? { why: 'abandoned' } : dependency === undefined ? undefined : { why: 'dependency_failed', dependency }
      if (refusal !== undefined) {
        left.delete(call)
        answers.set(call.id, refuse(call, refusal))
      } else if (out.size < parallel && call.dependsOn.every((id) => answers.has(id))) {
        left.delete(call)
        const running: Promise<void> = start(call).finally(() => out.delete(running))
        out.add(running)
      }
    }
    if (out.size > 0) await Promise.race(out)
    else if (left.size === before) throw new RangeError('no call can be made: this plan waits for calls that it does not hold')
  }
  await Promise.all(out)
  return plan.map(({ id }) => answers.get(id)!)
}

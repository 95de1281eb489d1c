import type { Fault } from '#kernel/faults'
import type { Fingerprint } from './answers.ts'
import type { Operation } from './operation.ts'
import type { Owner, Principal } from './principal.ts'
import { problem } from './problem.ts'

/** One request for one operation: who, with what, from where. `input` is already judged by the operation's schema. */
export interface Call<I = unknown, A = unknown> {
  readonly operation: Operation<I, A>
  readonly input: I
  readonly principal: Principal
  readonly key?: string | undefined
  readonly address?: string | undefined
  readonly requestId: string
  /** What its address names first: the object of its audit record where neither the operation nor its answer tells of one. */
  readonly object?: string | undefined
}

/** What a call came to: HTTP's status and the text to send. `fault` names the refusal; `replayed` says that it was done before. */
export interface Reply {
  readonly status: number
  readonly body: string
  readonly fault?: string | undefined
  readonly replayed: boolean
  /** Our own failure, for the log; the body says only that it was ours. */
  readonly error?: unknown
}

/** A call on its way through the executor. */
export interface Work {
  readonly call: Call
  readonly fingerprint: Fingerprint | undefined
  readonly locks: readonly string[]
  readonly owner: Owner<unknown> | undefined
  readonly prepared: unknown
  readonly started: number
  readonly waitUntil: number
  tries: number
  /** How often what it locks was held for too long: it goes alone, so that no other waits with it. */
  lockedOut: number
  readonly settle: (reply: Reply) => void
}

/** The reply of a call that is refused without having been run. */
export function refusal(call: Call, fault: Fault): Reply {
  return { status: fault.status, body: problem(fault.code, fault.facts, call.requestId), fault: fault.code, replayed: false }
}

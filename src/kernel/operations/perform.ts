import { recordAudit, redact } from '#kernel/audit'
import type { Clock } from '#kernel/clock'
import { Fault } from '#kernel/faults'
import { newId } from '#kernel/ids'
import { keepAnswer } from './answers.ts'
import type { Call, Reply, Work } from './call.ts'
import type { Member, Outcome } from './member.ts'
import type { AloneContext, FreeSql, Operation, Run } from './operation.ts'
import { type Owner, type Principal, refuseOthers } from './principal.ts'
import { failure, problem } from './problem.ts'
import type { Tx } from '#kernel/tx'

/** Runs an operation's body as a member of a group: first whose object it is, then the body. */
export async function perform<I, A>(member: Member, operation: Operation<I, A>, input: I, given: Given): Promise<A> {
  const { clock, principal, run, prepared } = given
  const { owner } = given
  if (owner) {
    await refuseOthers(owner, { input, principal }, async (named) =>
      (await Promise.all(named.map((id) => member.ask(owner.find, id)))).flat(),
    )
  }
  const tx = operation.spec.alone ? withFreeSql(member) : member
  return operation.body({ tx, clock, principal, run, prepared }, input)
}

export interface Given {
  readonly prepared: unknown
  readonly clock: Clock
  readonly principal: Principal
  readonly run: Run
  readonly owner: Owner<unknown> | undefined
}

/** A member that may also run SQL of its own: it has its group to itself. */
export function withFreeSql(member: Member): AloneContext['tx'] {
  const free: FreeSql = (statement) => {
    if (member.dead) return Promise.reject(new Error('the operation was given up: its answer is known'))
    member.ranSql = true
    return member.group.query(statement)
  }
  const tx: Tx = { kind: 'transaction', moment: member.moment, ask: member.ask.bind(member), write: member.write.bind(member) }
  return Object.assign(free, tx)
}

/** Writes down what became of a call (audit record, stored answer) into the member's buffer and gives the reply to send. */
export function conclude(work: Work, member: Member, outcome: Outcome<unknown>): Reply {
  if ('answer' in outcome) return concludeDone(work, member, outcome.answer)
  const { refused } = outcome
  const { call } = work
  if (refused instanceof Fault) {
    const reply = {
      status: refused.status,
      body: problem(refused.code, refused.facts, call.requestId),
      fault: refused.code,
      replayed: false,
    }
    member.keepOnly(() => {
      audit(work, member, { outcome: 'refused', fault: refused.code, answer: undefined })
      if (replayable(refused.status)) keep(work, member, reply)
    })
    return reply
  }
  member.keepOnly(() => audit(work, member, { outcome: 'failed', fault: null, answer: undefined }))
  return { status: 500, body: failure(call.requestId), replayed: false, error: refused }
}

/** Refusals that a repetition must get again; those that say "not you" or "not now" are judged anew each time. */
function replayable(status: number): boolean {
  return status >= 402 && status < 500 && status !== 403 && status !== 429
}

function concludeDone(work: Work, member: Member, answer: unknown): Reply {
  const { spec } = work.call.operation
  const status = spec.status ?? 200
  const body = JSON.stringify(answer) ?? 'null'
  member.ended = false
  audit(work, member, { outcome: 'done', fault: null, answer })
  const kept = spec.once ? JSON.stringify({ ...(answer as object), ...Object.fromEntries(spec.once.map((field) => [field, null])) }) : body
  keep(work, member, { status, body: kept, replayed: false })
  member.ended = true
  return { status, body, replayed: false }
}

function keep(work: Work, member: Member, reply: Reply): void {
  if (!work.fingerprint || !work.call.key) return
  const { call, fingerprint } = work
  const { status, body } = reply
  keepAnswer(member, {
    ...fingerprint,
    caller: call.principal.id,
    operation: call.operation.name,
    key: call.key as string,
    status,
    body,
    fault: reply.fault ?? null,
    at: member.moment.at,
  })
}

interface Became {
  readonly outcome: 'done' | 'refused' | 'failed'
  readonly fault: string | null
  readonly answer: unknown
}

function audit(work: Work, member: Member, became: Became): void {
  const { call } = work
  const { operation, principal } = call
  recordAudit(member, {
    id: newId('audit'),
    at: member.moment.at,
    operation: operation.name,
    person: principal.id,
    behalf: principal.behalf ?? null,
    address: call.address ?? null,
    requestId: call.requestId,
    object: objectOf(call, became.answer),
    arguments: redact(call.input, operation.spec.secret ?? []),
    outcome: became.outcome,
    fault: became.fault,
    durationUs: Math.round((performance.now() - work.started) * 1000),
  })
}

function objectOf({ operation: { spec }, input, object }: Call, answer: unknown): string | null {
  const id = typeof answer === 'object' && answer !== null && 'id' in answer ? answer.id : undefined
  const told = spec.object ? spec.object(input, answer) : id
  return typeof told === 'string' ? told : (object ?? null)
}

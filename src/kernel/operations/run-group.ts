import type { Clock } from '#kernel/clock'
import { type Connection, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import type { Wrote } from '#kernel/tx'
import { keyState } from './answers.ts'
import { type Call, type Reply, refusal, type Work } from './call.ts'
import { Group, GroupBroken, settled } from './group.ts'
import { Member, type Outcome } from './member.ts'
import { conclude, perform } from './perform.ts'
import { runInside } from './session.ts'

const begin = sql`begin`

/** A call's reply, or `busy`: its key is held by a twin in another process, so it must come again. */
export type GroupReply = Reply | 'busy'

interface GroupGiven {
  readonly clock: Clock
  /** Waits no longer than this for any lock, where that is shorter than what the session waits. */
  readonly lockWaitMs?: number | undefined
}

interface Ran {
  readonly replies: readonly GroupReply[]
  readonly wrote: Wrote
}

/** Runs calls in one transaction and commits; throws, with nothing committed, what the database refused or a refusal after a posting. */
export async function runGroup(connection: Connection, works: readonly Work[], { clock, lockWaitMs }: GroupGiven): Promise<Ran> {
  const alone = works.length === 1 && works[0]?.call.operation.spec.alone === true
  const group = new Group(connection, clock, alone ? 'patient' : 'brisk')
  try {
    return await ran(group, works, { clock, alone, lockWaitMs })
  } finally {
    group.end()
  }
}

async function ran(
  group: Group,
  works: readonly Work[],
  { clock, alone, lockWaitMs }: GroupGiven & { readonly alone: boolean },
): Promise<Ran> {
  const members = works.map(({ call }) => memberFor(group, call))
  group.locks.first = () => works.flatMap(({ locks }, at) => locks.map((lock) => [lock, members[at] as Member] as const))
  const replies = new Map<number, GroupReply>()
  const start = (): Promise<Outcome<unknown>>[] => works.map((work, at) => begun(group, members[at] as Member, work, clock))
  // An `alone` body may write at once, so it starts only when its key is known to be free; the others start with the look-up.
  let running = alone ? [] : start()
  await group.settle(async () => {
    for (const [at, reply] of await openTransaction(group, works, lockWaitMs)) {
      replies.set(at, reply)
      group.abandon(members[at] as Member)
    }
  })
  if (alone && replies.size === 0) {
    running = start()
    await group.settle()
  }
  const done: { readonly at: number; readonly member: Member; readonly outcome: Outcome<unknown> }[] = []
  for (const [at, work] of works.entries()) {
    if (replies.has(at)) continue
    const member = members[at] as Member
    // Alone it meets nobody.
    if (member.meets) throw new GroupBroken(member.meets)
    const outcome = (await running[at]) as Outcome<unknown>
    if (!('refused' in outcome)) done.push({ at, member, outcome })
    else if (alone || member.isSpent) throw new GroupBroken(outcome.refused)
    else replies.set(at, conclude(work, member, outcome))
  }
  const living = members.filter((member) => !member.dead).flatMap((member) => member.family())
  // PostgreSQL writes what the bodies wrote while their records and answers are made.
  await group.send(living)
  for (const { at, member, outcome } of done) replies.set(at, conclude(works[at] as Work, member, outcome))
  await group.commit(living)
  return { replies: works.map((_, at) => replies.get(at) as GroupReply), wrote: group.wrote }
}

/** Writes down, in a transaction of its own, a call whose own transaction was rolled back: its audit record and its stored refusal. */
export async function recordAlone(connection: Connection, work: Work, refused: unknown, clock: Clock): Promise<Reply> {
  const group = new Group(connection, clock, 'brisk')
  const member = memberFor(group, work.call)
  const reply = conclude(work, member, { refused })
  await connection.query(begin)
  await group.commit([member])
  return reply
}

export function memberFor(group: Group, { operation, principal }: Call): Member {
  return new Member(group, operation.name, principal.behalf ?? principal.id)
}

function begun(group: Group, member: Member, { call, owner, prepared }: Work, clock: Clock): Promise<Outcome<unknown>> {
  const { operation, input, principal } = call
  const run = runInside(group, member, { clock, principal })
  return group.start(member, () => perform(member, operation, input, { clock, principal, run, owner, prepared }))
}

/** Begins, and looks the keys up in the same round trip: a reply for each call whose key is known or held elsewhere. */
async function openTransaction(group: Group, works: readonly Work[], lockWaitMs?: number): Promise<ReadonlyMap<number, GroupReply>> {
  const keyed = works.map((work, at) => ({ work, at })).filter(({ work }) => work.fingerprint)
  const asked = keyed.map(({ work }) => ({ tx: undefined as never, question: work.fingerprint?.id ?? '' }))
  const opened = group.query(begin)
  if (lockWaitMs !== undefined)
    group.query(sql`select set_config('lock_timeout', ${`${Math.ceil(lockWaitMs)}ms`}, true)`).catch(() => undefined)
  const [, found] = await settled([opened, asked.length > 0 ? keyState.ask(group, asked) : Promise.resolve([])])
  const states = keyState.answer(found as Parameters<typeof keyState.answer>[0], asked, group)
  const replies = new Map<number, GroupReply>()
  for (const [index, { work, at }] of keyed.entries()) {
    const state = states[index]
    if (state === 'busy') replies.set(at, 'busy')
    else if (typeof state === 'object' && 'stored' in state) {
      const { input, status, body, fault } = state.stored
      const same = input === work.fingerprint?.input
      replies.set(
        at,
        same ? { status, body, fault: fault ?? undefined, replayed: true } : refusal(work.call, new Fault('operations.key_reused')),
      )
    }
  }
  return replies
}

import { joined, keys, rows, sql, type Sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { paged, pageFields, pageOf, readCursor, type Route, route } from '#kernel/http'
import { operation, view } from '#kernel/operations'
import { each, keyed } from '#kernel/tx'
import { z } from 'zod'
import type { LogRow } from './difference.ts'

const readers = ['admin', 'auditor'] as const

const EventAnswer = z.strictObject({
  id: z.string(),
  type: z.string(),
  key: z.string(),
  at: z.string(),
  principal: z.string(),
  data: z.unknown(),
})

function eventAnswer({ id, type, key, at, principal, body }: LogRow): z.infer<typeof EventAnswer> {
  return { id, type, key, at, principal, data: (JSON.parse(body) as { data: unknown }).data }
}

/** The log, newest first; of one key or type if asked. */
export const events = view(
  'events.list',
  {
    summary: 'Events, newest first',
    input: z.strictObject({ ...pageFields, key: z.string().max(200).optional(), type: z.string().max(100).optional() }),
    answer: pageOf(EventAnswer),
    may: [...readers, 'credit_officer'],
    faults: ['http.cursor_invalid'],
  },
  async ({ read }, { limit, after, key, type }) => {
    const conditions: Sql[] = [sql`true`]
    const cursor = readCursor(after, 1)
    if (cursor) conditions.push(sql`id < ${cursor[0] ?? ''}`)
    if (key !== undefined) conditions.push(sql`key = ${key}`)
    if (type !== undefined) conditions.push(sql`type = ${type}`)
    const found = await read<LogRow>(sql`
      select pos, id, key, type, at, principal, body from events.event where ${joined(conditions, ' and ')} order by id desc limit ${limit + 1}`)
    return paged(found, limit, eventAnswer, (row) => [row.id])
  },
)

interface LetterRow {
  readonly id: string
  readonly consumer: string
  readonly key: string
  readonly event: string
  readonly type: string
  readonly state: string
  readonly tries: number
  readonly fault: string | null
  readonly error: string | null
  readonly parked_at: string
  readonly behind: number
}

const Letter = z.strictObject({
  id: z.string(),
  state: z.enum(['dead', 'retrying']),
  consumer: z.string(),
  key: z.string(),
  event: z.string(),
  type: z.string(),
  tries: z.int(),
  fault: z.string().nullable(),
  error: z.string().nullable(),
  parkedAt: z.string(),
  /** Later events of the key that wait behind it. */
  behind: z.int(),
})

/** Keys that stand still: the event that failed, and how many wait behind it. */
export const deadLetters = view(
  'events.dead_letters',
  {
    summary: 'Events whose reaction failed, newest first',
    input: z.strictObject({ ...pageFields }),
    answer: pageOf(Letter),
    may: [...readers],
    faults: ['http.cursor_invalid'],
  },
  async ({ read }, { limit, after }) => {
    const cursor = readCursor(after, 1)
    const found = await read<LetterRow>(sql`
      select p.id, p.consumer, p.key, p.event, e.type, p.state, p.tries, p.fault, p.error, p.parked_at,
        (select count(*)::int from events.parked q where q.consumer = p.consumer and q.key = p.key and q.pos > p.pos) as behind
      from events.parked p join events.event e on e.id = p.event
      where p.state <> 'waiting' and ${cursor ? sql`p.id < ${cursor[0] ?? ''}` : sql`true`} order by p.id desc limit ${limit + 1}`)
    return paged(found, limit, letterAnswer, (row) => [row.id])
  },
)

function letterAnswer({
  id,
  state,
  consumer,
  key,
  event,
  type,
  tries,
  fault,
  error,
  parked_at,
  behind,
}: LetterRow): z.infer<typeof Letter> {
  return { id, state: state === 'dead' ? 'dead' : 'retrying', consumer, key, event, type, tries, fault, error, parkedAt: parked_at, behind }
}

const lockLetter = keyed<{ id: string; state: string; consumer: string; key: string }>(
  sql`select id, state, consumer, key from events.parked where id = any(${keys('text')}) order by id for update`,
  'id',
)
const tryNow = each<{ id: string }>(sql`
  update events.parked p set state = 'retrying', tries = 0, next_at = now() from ${rows({ id: 'text' })} x where p.id = x.id`)

/** Tries a dead letter again, now; when it succeeds, the events behind it follow in order. */
export const replay = operation(
  'events.replay',
  {
    summary: 'Try a dead letter again',
    input: z.strictObject({ letter: z.string().max(60) }),
    answer: z.strictObject({ id: z.string(), state: z.literal('retrying'), consumer: z.string(), key: z.string() }),
    may: ['admin'],
    locks: ({ letter }) => [letter],
    faults: ['events.letter_unknown', 'events.letter_not_dead'],
  },
  async ({ tx }, { letter }) => {
    const found = await lockLetter(tx, letter)
    if (!found) throw new Fault('events.letter_unknown', { letter })
    if (found.state !== 'dead') throw new Fault('events.letter_not_dead', { letter, state: found.state })
    tryNow(tx, { id: letter })
    return { id: letter, state: 'retrying' as const, consumer: found.consumer, key: found.key }
  },
)

export const eventRoutes: readonly Route[] = [
  route('GET /api/v1/events', events),
  route('GET /api/v1/dead-letters', deadLetters),
  route('POST /api/v1/dead-letters/:letter/replay', replay),
]

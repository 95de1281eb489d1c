import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { giveLogin, register } from '#kernel/identity'
import { type Role, roles, system } from '#kernel/operations'
import { type Running, settingsFrom, start } from '#main'
import type { TestDatabase } from './database.ts'

/** An answer over HTTP: status, code if it is a problem, what it says, and the very text. */
export interface Heard {
  readonly status: number
  readonly code: string | undefined
  readonly body: Readonly<Record<string, unknown>>
  readonly text: string
  readonly headers: Readonly<Record<string, unknown>>
}

export interface Asked {
  readonly body?: unknown
  readonly key?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Somebody with a login of one role; `dev` is a second borrower. */
export type Who = Role | 'dev'
export interface Player {
  readonly id: `person_${string}`
  readonly role: Role
  readonly token: string
}

export const everybody: readonly Who[] = [...roles, 'dev']
export const password = 'Monsoon over Pune'
/** Of the sandbox bureau: one that is approved at once, and one that is referred to an officer. */
const pans: ReadonlyMap<Who, string> = new Map([
  ['borrower', 'ABCPM0001K'],
  ['dev', 'ABCPN0002L'],
])
/** Business time stands here until it is moved. */
const stands = Date.parse('2026-01-15T06:00:00Z')

export interface Whole {
  readonly running: Running
  readonly players: Readonly<Record<Who, Player>>
  /** As somebody of the cast, as whoever holds a token, or with null as nobody: `ask('admin', 'GET /api/v1/people')`. */
  readonly ask: (who: Who | null, target: string, asked?: Asked) => Promise<Heard>
}

async function started(db: TestDatabase, environment: Readonly<Record<string, string>>): Promise<Running> {
  const data = await mkdtemp(path.join(tmpdir(), 'hf-whole-'))
  await chmod(data, 0o755)
  const { user, host, port } = db.postgres.admin
  const settings = settingsFrom({
    HOLDFAST_DATA: data,
    HOLDFAST_LOG: 'fatal',
    HOLDFAST_RATE_SIGNED_IN: '1000000',
    HOLDFAST_RATE_ANONYMOUS: '1000000',
    ...environment,
    DATABASE_URL: `postgres://${user}@localhost:${port}/${db.name}?host=${encodeURIComponent(host)}`,
  })
  const running = await start(settings, { sandboxFrom: { at: stands, stands: true } })
  db.closing(async () => {
    await running.stop()
    await rm(data, { recursive: true, force: true })
  })
  return running
}

function asking({ app }: Running, tokens: ReadonlyMap<Who, string>): Whole['ask'] {
  return async (who, target, { body, key, headers = {} } = {}) => {
    const [method = '', url = ''] = target.split(' ')
    const reply = await app.inject({
      method: method as 'GET' | 'POST',
      url,
      headers: {
        ...(who === null ? {} : { authorization: `Bearer ${tokens.get(who)}` }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const isJson = String(reply.headers['content-type']).includes('json')
    const told = (isJson ? JSON.parse(reply.body) : {}) as Heard['body']
    const code = typeof told['code'] === 'string' ? told['code'] : undefined
    return { status: reply.statusCode, code, body: told, text: reply.body, headers: reply.headers }
  }
}

/** The whole program as `npm start` has it, in this process on a test's database, with a login for every role; nothing listens. */
export async function wholeProgram(db: TestDatabase, environment: Readonly<Record<string, string>> = {}): Promise<Whole> {
  const running = await started(db, environment)
  const tokens = new Map<Who, string>()
  const ask = asking(running, tokens)
  const run = running.executor.run(system('test.whole'), 'req_whole')
  const joined = async (who: Who, at: number): Promise<readonly [Who, Player]> => {
    const role = who === 'dev' ? 'borrower' : who
    const pan = pans.get(who)
    const named = { name: `Somebody ${who.replace('_', ' ')}`, phone: `+91984500${1000 + at}` }
    const { id } = await run(register, { ...named, ...(pan === undefined ? {} : { pan }) })
    const person = id as Player['id']
    await run(giveLogin, { person, login: who, password, roles: [role] })
    const { body } = await ask(null, 'POST /api/v1/sessions', { body: { login: who, password } })
    tokens.set(who, String(body['accessToken']))
    return [who, { id: person, role, token: String(body['accessToken']) }]
  }
  // At once, for a password takes its time.
  const players: Partial<Record<Who, Player>> = Object.fromEntries(await Promise.all(everybody.map(joined)))
  return { running, players: players as Whole['players'], ask }
}

/** A second program on the same database and keys, for the same cast. */
export async function secondProgram(
  { running: first, players }: Whole,
  db: TestDatabase,
  environment: Readonly<Record<string, string>> = {},
): Promise<Whole> {
  const running = await started(db, { HOLDFAST_DATA: first.settings.data, ...environment })
  const tokens = new Map(everybody.map((who) => [who, players[who].token]))
  return { running, players, ask: asking(running, tokens) }
}

/** Everything that follows from what was done has happened: reactions, jobs, their reactions. */
export async function settled({ running }: Whole): Promise<void> {
  await running.settled()
  await running.parts.worker.runDue()
  await running.settled()
}

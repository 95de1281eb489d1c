import { randomInt } from 'node:crypto'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { batchRoute } from '#kernel/batch'
import { BreakerBoard } from '#kernel/breakers'
import { type Clock, formatInstant, HOME_ZONE, realClock } from '#kernel/clock'
import { type Database, migrate, Pool, readMigrations, useExternal } from '#kernel/db'
import { DiskRoom, startEmbedded } from '#kernel/embedded'
import { Consumer, forgetMembers, LiveStream, type Reaction } from '#kernel/events'
import { closeServer, makeServer, type Route } from '#kernel/http'
import { Authenticator, completeFromCookie, hasPeople, setCookies, Tokens } from '#kernel/identity'
import { forgetClaims, forgetDaily, SandboxClock, type SandboxStart, Scheduler, type TravelParts, Worker } from '#kernel/jobs'
import { holdExpiry } from '#kernel/ledger'
import { Executor } from '#kernel/operations'
import { Outbound, outboundResilience } from '#kernel/outbound'
import type { Resilience } from '#kernel/resilience'
import { Sealer, sealKey } from '#kernel/seal'
import { type Log, makeLog, Metrics } from '#kernel/telemetry'
import type { Wrote } from '#kernel/tx'
import { bureauAt, sandboxBureauServer } from '#gateways/bureau'
import type { CreditBureau } from '#systems/lending'
import { pageOrProblem, serveConsole } from './console.ts'
import { routesOf, streams, type Systems, systemsOf } from './mounted.ts'
import type { Settings } from './settings.ts'

export const version = '0.1.0'
const root = path.join(import.meta.dirname, '..')
/** Two pumps, the readers, the sealer's own and views side by side. */
const sessionsMax = 16
/** Half of what a call waits for its twin: it learns of the wait, tries for the other half by itself, and is told to come again. */
const lockTimeoutMs = 5_000
/** Fractions in steps of 2^-32, for the jitter between tries. */
const RANDOM_LIMIT = 2 ** 32
const bureauOpenMs = 3_000
/** At the end, what was taken is answered so long; most stop a program by force after thirty seconds. */
const endingMs = 10_000
// Less than what a credit check waits (6 s): silence must be the bureau's failure, which the breaker counts, not ours who gave up.
const bureauSilentMs = 5_000

/** A running Holdfast, for the command that started it, for tests and for the bench. */
export interface Running {
  readonly app: FastifyInstance
  /** Every operation and view that has an address here. */
  readonly routes: readonly Route[]
  readonly executor: Executor
  readonly pool: Pool
  readonly clock: Clock
  readonly database: Database
  readonly settings: Settings
  readonly parts: Engines
  /** Nobody was known to this database before. */
  readonly isNew: boolean
  /** Resolves when every reaction to what has happened so far has run. */
  settled(): Promise<void>
  stop(): Promise<void>
}

interface Engines {
  readonly consumers: readonly Consumer[]
  readonly worker: Worker
  readonly scheduler: Scheduler
  readonly sealer: Sealer
  readonly live: LiveStream
}

interface StartOptions {
  /** A new database becomes a sandbox whose business time starts so. An old one stays what it was. */
  readonly sandboxFrom?: SandboxStart
  readonly say?: (sentence: string) => void
  readonly info?: () => Record<string, unknown>
  readonly onGone?: (error: Error) => void
}

/** Starts everything in order: database, migrations, keys, engines, server (not listening yet). What cannot start leaves no PostgreSQL behind. */
export async function start(settings: Settings, options: StartOptions = {}): Promise<Running> {
  const database = await openDatabase(settings, options.say ?? (() => undefined), options.onGone)
  try {
    return await startOn(database, settings, options)
  } catch (error) {
    await database.stop()
    throw error
  }
}

async function startOn(database: Database, settings: Settings, options: StartOptions): Promise<Running> {
  const ground = await openGround(database, settings, options)
  const { pool, clock, isNew } = ground
  const gateways = await openGateways(settings)
  const systems = systemsOf(gateways)
  const wakes: ((wrote: Wrote) => void)[] = []
  // Somebody else's PostgreSQL looks after its own disk.
  const room = settings.databaseUrl === undefined ? new DiskRoom(settings.data, options.say ?? (() => undefined)) : undefined
  const secretsKey = ground.tokens.keyFor('holdfast inputs with secrets')
  const executor = new Executor({
    pool,
    clock,
    secretsKey,
    ...(room ? { room } : {}),
    onCommit: (wrote) => wakes.forEach((wake) => wake(wrote)),
  })
  const board = new BreakerBoard({ ...ground, executor, breakers: gateways.resilience.circuitBreaker })
  const engines = enginesOf(systems, settings, { ...ground, executor })
  const { consumers, worker, scheduler, sealer, live } = engines
  const settled = async (): Promise<void> => {
    for (const consumer of consumers) await consumer.caughtUp()
  }
  const { app, routes } = await serverOf(systems, settings, {
    ...ground,
    ...engines,
    executor,
    settled,
    board,
    gateways,
    info: options.info,
  })
  wakes.push(
    ...consumers.map((consumer) => (wrote: Wrote) => consumer.wake(wrote)),
    (wrote) => worker.wake(wrote),
    () => board.wake(),
  )
  await board.start()
  for (const consumer of consumers) await consumer.start()
  worker.start()
  await scheduler.start()
  sealer.start()
  // In the order that loses nothing: no new requests, what was taken is answered, engines end, then the database.
  const stop = async (): Promise<void> => {
    live.close()
    await closeServer(app, endingMs)
    await scheduler.stop()
    await worker.stop()
    for (const consumer of consumers) await consumer.stop()
    await board.stop()
    await executor.drain()
    await gateways.close()
    await sealer.stop()
    room?.close()
    await pool.close()
    await database.stop()
  }
  return { app, routes, executor, pool, clock, database, settings, parts: engines, isNew, settled, stop }
}

interface Ground {
  readonly database: Database
  readonly pool: Pool
  readonly machine: Clock
  readonly clock: Clock
  readonly isNew: boolean
  readonly tokens: Tokens
  readonly log: Log
  readonly onError: (error: unknown) => void
}

async function openGround(database: Database, settings: Settings, options: StartOptions): Promise<Ground> {
  const log = makeLog(settings.log)
  const onError = (error: unknown): void => log.error({ error }, 'something failed in the background')
  await migrate(database.owner, await readMigrations(path.join(root, 'db', 'migrations')))
  const pool = new Pool({ ...database.server, application: 'holdfast', lock_timeout_ms: lockTimeoutMs }, { connections: sessionsMax })
  if (settings.databaseUrl === undefined) await forgetTheDead(pool)
  const machine = realClock()
  const isNew = !(await hasPeople(pool))
  const sandbox = settings.sandbox || (isNew && options.sandboxFrom !== undefined) || (await SandboxClock.isKept(pool))
  const clock = sandbox ? await SandboxClock.resume(machine, pool, options.sandboxFrom ?? { at: machine.now() }) : machine
  const tokens = await Tokens.fromFile(path.join(settings.data, 'keys', 'session.pem'))
  return { database, pool, machine, clock, isNew, tokens, log, onError }
}

/** In a database of our own nobody else works: what is still held there is held by a process that died. */
async function forgetTheDead(pool: Pool): Promise<void> {
  await forgetClaims(pool)
  await forgetMembers(pool)
}

function enginesOf(
  systems: Systems,
  settings: Settings,
  { database, pool, machine, clock, log, onError, executor }: Ground & { readonly executor: Executor },
): Engines {
  return {
    consumers: consumersOf(systems.reactions, { executor, pool, onError }),
    worker: new Worker({ jobs: [...systems.jobs, holdExpiry], executor, pool, clock, onError }),
    scheduler: new Scheduler({ schedules: [...systems.schedules, forgetDaily], executor, pool, clock, zone: HOME_ZONE, onError }),
    live: new LiveStream(pool, onError),
    sealer: new Sealer({
      database: database.server,
      streams,
      clock: machine,
      folder: settings.sealFolder,
      keyFile: settings.sealKey,
      warn: (message) => log.warn(message),
    }),
  }
}

interface Given extends Ground, Engines {
  readonly executor: Executor
  readonly settled: () => Promise<void>
  readonly board: BreakerBoard
  readonly gateways: Gateways
  readonly info: StartOptions['info']
}

async function serverOf(systems: Systems, settings: Settings, given: Given): Promise<{ app: FastifyInstance; routes: readonly Route[] }> {
  const { executor, pool, clock, machine, tokens, log, sealer, live, board } = given
  const authenticator = new Authenticator(tokens, pool, machine)
  const publicPem = async (): Promise<string> => (await sealKey(settings.sealKey, false)).publicPem
  const sandbox = clock instanceof SandboxClock ? (): TravelParts => ({ ...given, clock, zone: HOME_ZONE }) : undefined
  const routes = routesOf(systems, { tokens, machine, refreshGraceMs: settings.refreshGraceMs, board, publicPem, sandbox })
  const app = await makeServer({
    routes,
    raw: [live.route((listener) => authenticator.again(listener)), batchRoute()],
    executor,
    pool,
    clock,
    log,
    metrics: metricsOf(given),
    version,
    limits: settings.rates,
    trustedProxies: settings.trustedProxies,
    authenticate: (credentials) => authenticator.identify(credentials),
    complete: completeFromCookie,
    onAnswer: (operation, body, request, reply) => {
      if (operation.startsWith('identity.')) authenticator.forget()
      setCookies(operation, body, request, reply)
    },
    info: () => ({ ...aboutTime(clock), seal: sealer.status(), ...given.info?.() }),
    fallback: pageOrProblem,
  })
  await serveConsole(app, path.join(root, 'web', 'dist'))
  return { app, routes }
}

interface Gateways {
  readonly bureau: CreditBureau
  readonly resilience: Resilience
  close(): Promise<void>
}

/** What stands outside, each behind its breaker; the shipped sandbox where no address is given. */
async function openGateways({ bureauUrl }: Settings): Promise<Gateways> {
  // A credit check asks again after 2 and 6 s: within that an open breaker lets it try once more.
  const bureau = { waitDurationInOpenStateMs: bureauOpenMs }
  const resilience = outboundResilience(
    { circuitBreaker: { instances: { bureau } }, timeLimiter: { instances: { bureau: { timeoutDurationMs: bureauSilentMs } } } },
    { random: () => randomInt(RANDOM_LIMIT) / RANDOM_LIMIT },
  )
  const outbound = new Outbound(resilience)
  const server = bureauUrl === undefined ? await sandboxBureauServer() : { origin: bureauUrl, close: () => Promise.resolve() }
  const close = async (): Promise<void> => {
    await outbound.close()
    await server.close()
  }
  return { bureau: bureauAt(outbound.to('bureau', server)), resilience, close }
}

async function openDatabase(settings: Settings, say: (sentence: string) => void, onGone?: (error: Error) => void): Promise<Database> {
  if (settings.databaseUrl !== undefined) return useExternal(settings.databaseUrl)
  return startEmbedded({ folder: settings.data, spareLog: true, say, ...(onGone ? { onGone } : {}) })
}

function consumersOf(
  reactions: readonly Reaction[],
  given: { executor: Executor; pool: Pool; onError: (error: unknown) => void },
): readonly Consumer[] {
  return [...Map.groupBy(reactions, ({ consumer }) => consumer)].map(([name, of]) => new Consumer({ name, reactions: of, ...given }))
}

function aboutTime(clock: Clock): Record<string, unknown> {
  return { sandbox: clock instanceof SandboxClock, now: formatInstant(clock.now()), businessDate: clock.today(), zone: HOME_ZONE }
}

function metricsOf({ executor, pool, sealer, gateways }: Given): Metrics {
  const metrics = new Metrics()
  metrics.gauge('holdfast_operations_waiting', 'Calls that wait for their group', () => executor.waiting)
  metrics.gauge('holdfast_database_sessions_busy', 'Database sessions in use', () => pool.counts.busy)
  metrics.gauge('holdfast_seal_lag_seconds', 'Age of the oldest record that may not be sealed yet', () => sealer.status().lag_ms / 1000)
  metrics.gauge('holdfast_seal_size', 'Records in the sealed log', () => sealer.status().size)
  metrics.samples(() => gateways.resilience.metrics())
  return metrics
}

export { CannotStart } from '#kernel/db'
export { tuneCollector } from './collector.ts'
export { declarations } from './mounted.ts'
export { settingsFrom } from './settings.ts'

import { batch } from '#kernel/batch'
import { type BreakerBoard, breakerRoutes } from '#kernel/breakers'
import { type Clock, realClock } from '#kernel/clock'
import { eventRoutes, liveStream, type Reaction, sealedEvents } from '#kernel/events'
import { sealedAudit } from '#kernel/audit'
import { historyRoutes } from '#kernel/history'
import { type RawDeclared, type Route, route } from '#kernel/http'
import { identityRoutes, type Tokens } from '#kernel/identity'
import { forgetDaily, type Job, jobRoutes, type Schedule, travelOperation, type TravelParts } from '#kernel/jobs'
import { holdExpiry, ledgerRoutes, ownerOfTransfer, ownPart, sealedTransfers } from '#kernel/ledger'
import { permission, type Principal } from '#kernel/operations'
import { checkpoints, growth, proofs, receipts } from '#kernel/seal'
import { type CreditBureau, lending } from '#systems/lending'
import { examples } from './examples.ts'

/** What is sealed. */
export const streams = [sealedTransfers, sealedAudit, sealedEvents]

/** What has receipts. */
const receipted = { transfers: sealedTransfers, owner: ownerOfTransfer, part: ownPart }

/** What the systems bring: what they answer, hear, do later and do in time. */
export interface Systems {
  readonly routes: readonly Route[]
  readonly reactions: readonly Reaction[]
  readonly jobs: readonly Job[]
  readonly schedules: readonly Schedule[]
}

/** Every system, with what it needs from outside. */
export function systemsOf(gateways: { readonly bureau: CreditBureau }): Systems {
  return together(lending(gateways))
}

/** Systems side by side, as one. */
function together(...systems: readonly Systems[]): Systems {
  return {
    routes: systems.flatMap(({ routes }) => routes),
    reactions: systems.flatMap(({ reactions }) => reactions),
    jobs: systems.flatMap(({ jobs }) => jobs),
    schedules: systems.flatMap(({ schedules }) => schedules),
  }
}

/** What the kernel's own routes need. */
export interface Mounting {
  readonly tokens: Tokens
  readonly machine: Clock
  readonly refreshGraceMs: number
  readonly board: BreakerBoard
  readonly publicPem: () => Promise<string>
  /** What moves business time, where that is a sandbox's. */
  readonly sandbox: (() => TravelParts) | undefined
}

/** Every address: the one list that server, permissions, matrix of tests and reference are made from. */
export function routesOf(systems: Systems, mounting: Mounting): readonly Route[] {
  const { board, publicPem, sandbox } = mounting
  const routes: Route[] = [
    ...identityRoutes({ ...mounting, permissionsOf: (principal) => permissionsOf(routes, principal) }),
    ...systems.routes,
    ...ledgerRoutes,
    ...eventRoutes,
    ...jobRoutes,
    ...historyRoutes,
    ...breakerRoutes(board),
    route('GET /api/v1/seal/checkpoints', checkpoints),
    route('GET /api/v1/seal/consistency', growth),
    route('GET /api/v1/seal/proofs', proofs(streams, publicPem)),
    route('GET /api/v1/ledger/transfers/:transfer/receipt', receipts(receipted, publicPem)),
    ...(sandbox === undefined ? [] : [route('POST /api/v1/sandbox/clock', travelOperation(sandbox))]),
  ]
  return routes.map((one) => (one.target.name in examples ? { ...one, example: examples[one.target.name] } : one))
}

function permissionsOf(routes: readonly Route[], principal: Principal): readonly string[] {
  const allowed = routes.filter(({ target }) => permission(target.spec.may, principal) !== false)
  return [...new Set(allowed.map(({ target }) => target.name))]
}

/** All that is declared, a sandbox's too, with nothing that runs: for the generated reference. */
export function declarations(): Systems & { readonly raw: readonly RawDeclared[] } {
  const systems = systemsOf({ bureau: notRun() })
  const given = { tokens: notRun<Tokens>(), machine: realClock(), refreshGraceMs: 0, board: notRun<BreakerBoard>() }
  const routes = routesOf(systems, { ...given, publicPem: notRun(), sandbox: notRun() })
  return {
    ...systems,
    routes,
    jobs: [...systems.jobs, holdExpiry],
    schedules: [...systems.schedules, forgetDaily],
    raw: [liveStream, batch],
  }
}

/** Stands where something that runs would: to be handed on, never to be asked. */
function notRun<T extends object>(): T {
  const asked = (): never => {
    throw new Error('declarations are read, not run')
  }
  return new Proxy(asked, { get: asked }) as unknown as T
}

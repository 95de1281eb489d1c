import compress from '@fastify/compress'
import cookies from '@fastify/cookie'
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Clock } from '#kernel/clock'
import type { Pool } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { newId } from '#kernel/ids'
import { type Executor, type Principal } from '#kernel/operations'
import type { Log, Metrics } from '#kernel/telemetry'
import { type RateLimits, RateLimiter } from './limit.ts'
import { addPlumbing, plumbingPaths } from './plumbing.ts'
import { pointerOf } from './input.ts'
import { readJson } from './json.ts'
import { InputFault, refuse, refuseConnection, translated } from './refuse.ts'
import type { RawRoute, Route } from './route.ts'
import { securityHeaders } from './security-headers.ts'
import { admit, auditRefusal, serveOperation, serveView } from './serve.ts'

/** Tells who calls: null without credentials; throws a 401 or 403 Fault for credentials that don't hold. */
export type Authenticate = (credentials: {
  readonly authorization: string | undefined
  readonly cookies: Readonly<Record<string, string | undefined>>
  readonly site: 'safe' | 'same' | 'cross'
}) => Promise<Principal | null>

export interface ServerOptions {
  readonly routes: readonly Route[]
  readonly raw?: readonly RawRoute[]
  readonly executor: Executor
  readonly pool: Pool
  readonly clock: Clock
  readonly authenticate: Authenticate
  readonly log: Log
  readonly metrics: Metrics
  readonly version: string
  readonly limits: RateLimits
  /** Addresses of proxies whose X-Forwarded-For is believed; others' is ignored. */
  readonly trustedProxies?: readonly string[]
  /** Facts shown at /info, beside the version. */
  readonly info?: () => Record<string, unknown>
  /** Answers what no route knows: the console's pages. */
  readonly fallback?: (request: FastifyRequest, reply: FastifyReply) => unknown
  /** Sees each operation's answer before it is sent: a session becomes a cookie. */
  readonly onAnswer?: (operation: string, body: string, request: FastifyRequest, reply: FastifyReply) => void
  /** May complete a request from elsewhere than path, query and body (a cookie) before its input is judged. */
  readonly complete?: (operation: string, request: FastifyRequest) => void
}

export const bodyMax = 1024 * 1024
const requestTimeoutMs = 30_000
/** Marks a call that stands in a batch; it only takes rights away, so anybody may send it. */
export const withinBatch = 'x-holdfast-batch'

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal
    outcome: string
  }
}

/** The server of every route: one declaration gives address, schema, permission, key, answer and documentation. */
export async function makeServer(options: ServerOptions): Promise<FastifyInstance> {
  const { trustedProxies } = options
  const app = fastify({
    logger: false,
    bodyLimit: bodyMax,
    requestTimeout: requestTimeoutMs,
    // Its own answer to those who come while it ends is no problem document: refuseAtEnd gives one.
    return503OnClosing: false,
    trustProxy: trustedProxies && trustedProxies.length > 0 ? [...trustedProxies] : false,
    genReqId: () => newId('req'),
    routerOptions: { maxParamLength: 200 },
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, request, reply) => void refuse(reply, request, translated(error)),
  })
  // Set by `admit` before any handler runs; fastify wants the shape declared, and no shared object.
  app.decorateRequest('principal', null as unknown as Principal)
  app.decorateRequest('outcome', '')
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(securityHeaders)
    done()
  })
  refuseAtEnd(app)
  await app.register(cookies)
  await app.register(compress, { global: true, threshold: 2_048, encodings: ['br', 'gzip'] })
  takeJson(app)
  const limiter = new RateLimiter(options.limits)
  const wait = (caller: string, signedIn: boolean): number => limiter.wait(caller, signedIn, performance.now())
  for (const { method, path, target } of options.routes) {
    app.route({
      method,
      url: path,
      config: { name: target.name, target },
      onRequest: (request) => admit(options, wait, target, request),
      handler: (request, reply) =>
        target.kind === 'operation' ? serveOperation(options, target, request, reply) : serveView(options, target, request, reply),
    })
  }
  for (const raw of options.raw ?? []) {
    app.route({
      method: raw.method,
      url: raw.path,
      // A HEAD of a stream would wait for an end that never comes.
      exposeHeadRoute: false,
      config: { name: raw.name },
      onRequest: (request) => admit(options, wait, { name: raw.name ?? raw.path, spec: raw }, request),
      handler: (request, reply) => serveRaw(raw, request, reply),
    })
  }
  addPlumbing(app, options)
  answerRefusals(app, options)
  observe(app, options)
  return app
}

/** Who still comes by an open connection while the server ends is sent away; what was taken before is answered. */
function refuseAtEnd(app: FastifyInstance): void {
  let ending = false
  app.addHook('preClose', (done) => {
    ending = true
    done()
  })
  app.addHook('onRequest', (request, reply, done) => {
    if (!ending) return done()
    letBodyEnd(request, reply)
    refuse(reply.header('connection', 'close'), request, new Fault('operations.draining'))
  })
}

/** What was thrown becomes a problem; an address without a route is told, or shown the console. */
function answerRefusals(app: FastifyInstance, options: ServerOptions): void {
  app.setErrorHandler((error, request, reply) => {
    const told = translated(error)
    if (!(told instanceof Fault)) options.log.error({ error, requestId: request.id, path: request.routeOptions.url }, 'a request failed')
    else auditRefusal(options, request, told)
    letBodyEnd(request, reply)
    return refuse(reply, request, told)
  })
  const plumbing = plumbingPaths.map((path) => ({ method: 'GET', path }))
  const looked = [...options.routes, ...plumbing].filter(({ method }) => method === 'GET')
  const heads = looked.map(({ path }) => ({ method: 'HEAD', path }))
  const methodsAt = knownMethods([...options.routes, ...plumbing, ...heads, ...(options.raw ?? [])])
  app.setNotFoundHandler((request, reply) => {
    const allowed = methodsAt(request.url.split('?')[0] ?? '')
    // A method that is taken, and yet nothing answered: a part of the address is too long for any route.
    if (allowed.length === 0 || allowed.includes(request.method))
      return options.fallback?.(request, reply) ?? refuse(reply, request, unknownRoute(request))
    reply.header('allow', allowed.join(', '))
    if (request.method === 'OPTIONS') return reply.code(204).send()
    return refuse(reply, request, new Fault('http.method_unknown', { method: request.method, allowed }))
  })
}

/** What is read and dropped of a body that was refused, before the connection is cut. */
const droppedMax = 64 * bodyMax

/**
 * Fastify hangs up after a body that it did not read to its end, and a caller who is still writing sees a broken pipe in place of
 * the answer. So the rest is read and dropped; whoever sends more than that, or longer than a request may take, is cut off.
 */
function letBodyEnd({ raw }: FastifyRequest, reply: FastifyReply): void {
  reply.removeHeader('connection')
  if (raw.complete) return
  let left = droppedMax
  raw.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) raw.destroy()
  })
}

function observe(app: FastifyInstance, { metrics, log }: ServerOptions): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    reply.header('x-request-id', request.id)
    done(null, payload)
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { name } = request.routeOptions.config as { name?: string }
    if (name) metrics.observe(name, request.outcome || String(reply.statusCode), reply.elapsedTime / 1000)
    log.info(
      { requestId: request.id, operation: name, outcome: request.outcome, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'answered',
    )
    done()
  })
}

/** Which methods an address takes, among those that are mounted. */
function knownMethods(routes: readonly { readonly method: string; readonly path: string }[]): (path: string) => readonly string[] {
  const patterns = routes.map(({ method, path }) => ({
    method,
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`),
  }))
  return (path) => [...new Set(patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].sort()
}

// A stream within a batch would never end, nor a batch within a batch. None of them takes a query.
function serveRaw(raw: RawRoute, request: FastifyRequest, reply: FastifyReply): unknown {
  if (request.headers[withinBatch] !== undefined) throw new Fault('http.not_in_batch', { path: raw.path })
  const unknown = Object.keys(request.query as object).map((name) => ({ pointer: pointerOf([name]), code: 'unknown_field' }))
  if (unknown.length > 0) throw new InputFault(unknown)
  return raw.handle(request, reply, request.principal)
}

export function unknownRoute(request: FastifyRequest): Fault {
  return new Fault('http.route_unknown', { method: request.method, path: request.url.slice(0, 200) })
}

/** JSON alone is read: input is judged by strict schemas and never merged. */
function takeJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, readJson(body as Buffer))
    } catch (error) {
      done(error as Error)
    }
  })
}

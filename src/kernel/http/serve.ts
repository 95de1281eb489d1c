import type { FastifyReply, FastifyRequest } from 'fastify'
import { bindKeys, inTransaction } from '#kernel/db'
import { type Facts, Fault } from '#kernel/faults'
import {
  type FieldError,
  type Grant,
  nobody,
  type Operation,
  type OwnerRow,
  permission,
  type Principal,
  refuseOthers,
  type Reply,
  type View,
} from '#kernel/operations'
import { span, type SpanOf } from '#kernel/telemetry'
import { fieldErrors, firstOfEach, gather, unstorable } from './input.ts'
import { ownFaults } from './openapi.ts'
import { boundCursor, plainCursor } from './page.ts'
import { InputFault, setRetryAfter } from './refuse.ts'
import type { ServerOptions } from './server.ts'

const keyPattern = /^[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?$/

/** Path, query and body judged by the target's schema: all fields that are wrong at once, or the input. */
export function judged(request: FastifyRequest, target: Operation | View): unknown {
  const { input, errors } = gather(request.params, request.query, request.body)
  if (input === undefined) throw new InputFault(errors)
  const result = target.spec.input.safeParse(input, { reportInput: true })
  const wrong = [...errors, ...unstorable(input)]
  if (result.success && wrong.length === 0) return result.data
  const told = firstOfEach([...wrong, ...(result.success ? [] : fieldErrors(result.error))])
  throw wrong.length > 0 ? new InputFault(told) : absent(request, target, told)
}

/** A name in the path that can't be anything's is the address of nothing, where that alone is wrong: 404, and not a shape to correct. */
function absent({ params, headers }: FastifyRequest, target: Operation | View, errors: readonly FieldError[]): Fault {
  const names = errors.map(({ pointer }) => pointer.slice(1))
  const told = ownFaults(target).find((code) => code.endsWith(`.${names[0]}_unknown`))
  if (told === undefined || !names.every((name) => Object.hasOwn(params as object, name))) return new InputFault(errors)
  return wrongKey(target, headers['idempotency-key']) ?? new Fault(told, { id: (params as Record<string, string>)[names[0] ?? ''] ?? '' })
}

// Told before an object is looked for; a key that is missing where value moves is the executor's to refuse, for callers without HTTP too.
function wrongKey(target: Operation | View, key: string | string[] | undefined): Fault | undefined {
  if (typeof key === 'string') return keyPattern.test(key) ? undefined : new Fault('operations.key_malformed')
  return target.kind === 'operation' && target.spec.moves === 'value' ? new Fault('operations.key_missing') : undefined
}

/** Runs an operation through the executor and sends its reply: the very text that is kept for a replay. */
export async function serveOperation(
  options: ServerOptions,
  operation: Operation,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  options.complete?.(operation.name, request)
  const key = request.headers['idempotency-key']
  const input = judged(request, operation)
  const malformed = typeof key === 'string' ? wrongKey(operation, key) : undefined
  if (malformed) throw malformed
  const call = {
    operation,
    input,
    principal: request.principal,
    address: request.ip,
    requestId: request.id,
    object: namedFirst(request),
    ...(typeof key === 'string' ? { key } : {}),
  }
  const answer = await span(
    spanOf(operation.name, request),
    () => options.executor.submit(call),
    (reply) => ({ outcome: outcomeOf(reply), error: reply.error }),
  )
  if (answer.error !== undefined)
    options.log.error({ error: answer.error, requestId: request.id, operation: operation.name }, 'an operation failed')
  request.outcome = outcomeOf(answer)
  if (answer.replayed) reply.header('idempotency-replayed', 'true')
  if (answer.fault !== undefined) setRetryAfter(reply, answer.fault, (JSON.parse(answer.body) as { facts: Facts }).facts)
  options.onAnswer?.(operation.name, answer.body, request, reply)
  // Some answers hold tokens, and none is good for another call.
  reply.header('cache-control', 'no-store')
  reply.header('content-type', answer.status < 300 ? 'application/json; charset=utf-8' : 'application/problem+json; charset=utf-8')
  return reply.code(answer.status).send(answer.body)
}

function spanOf(name: string, { id, headers }: FastifyRequest): SpanOf {
  return { name, attributes: { 'holdfast.request_id': id }, headers }
}

function outcomeOf({ fault, status }: Reply): string {
  return fault ?? (status === 500 ? 'failed' : 'done')
}

// Anyone can cause these in any number, and there is nobody to name: metrics count them.
const unaudited: readonly number[] = [401, 429]

/** What is refused before the executor sees it (role, type, shape, key) is written into the audit all the same. */
export function auditRefusal({ executor }: ServerOptions, request: FastifyRequest, refused: Fault): void {
  const { target } = request.routeOptions.config as { target?: Operation | View }
  if (target?.kind !== 'operation' || unaudited.includes(refused.status)) return
  const { principal, ip, id, body = null } = request
  // A secret that was sent in the wrong place can't be told from what is none.
  const input = refused.status === 400 && target.spec.secret !== undefined ? null : body
  executor.refuse({ operation: target, input, principal, address: ip, requestId: id, object: namedFirst(request) }, refused)
}

/** What the address names first, where that can be kept: nobody has judged it yet. */
function namedFirst({ params }: FastifyRequest): string | undefined {
  const [first] = Object.values((params ?? {}) as Readonly<Record<string, string>>)
  return first === undefined || unstorable(first).length > 0 ? undefined : first
}

/** Answers a view from one read-only snapshot; one that reads nothing needs none. */
export async function serveView(options: ServerOptions, view: View, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const input = plainCursor(view.name, judged(request, view))
  const told = await span(spanOf(view.name, request), () =>
    view.spec.post ? computed(options, view, input, request.principal) : looked(options, view, input, request.principal),
  )
  const answer = boundCursor(view.name, input, told)
  request.outcome = 'done'
  return reply.header('content-type', 'application/json; charset=utf-8').header('cache-control', 'no-store').send(JSON.stringify(answer))
}

async function computed({ clock }: ServerOptions, view: View, input: unknown, principal: Principal): Promise<unknown> {
  const read = (): never => {
    throw new Error(`${view.name} is declared to read nothing`)
  }
  return view.body({ read, clock, principal }, input)
}

function looked({ pool, clock }: ServerOptions, view: View, input: unknown, principal: Principal): Promise<unknown> {
  const allowed = permission(view.spec.may, principal)
  return inTransaction(
    pool,
    async (connection) => {
      if (typeof allowed === 'object')
        await refuseOthers(allowed, { input, principal }, (named) => connection.query<OwnerRow>(bindKeys(allowed.statement, named)))
      return view.body({ read: (statement) => connection.query(statement), clock, principal }, input)
    },
    { readOnly: true },
  )
}

/** Before the body is read: who calls (401), how often (429), whether their role may (403). */
export async function admit(
  options: ServerOptions,
  wait: (caller: string, signedIn: boolean) => number,
  target: { readonly name: string; readonly spec: { readonly may: readonly Grant<unknown>[] } },
  request: FastifyRequest,
): Promise<void> {
  const { authorization } = request.headers
  request.principal = nobody
  const open = target.spec.may.includes('anyone')
  const principal = await options
    .authenticate({ authorization, cookies: request.cookies, site: siteOf(request) })
    .catch((refused: unknown) => {
      // A browser sends its cookie by itself: one whose session has ended must not keep anybody from signing in again.
      if (open && authorization === undefined && refused instanceof Fault && refused.status === 401) return null
      throw refused
    })
  if (principal) request.principal = principal
  if (!principal && !open) throw new Fault('http.not_authenticated')
  const seconds = wait(principal?.id ?? request.ip, principal !== null)
  if (seconds > 0) throw new Fault('http.rate_limited', { retryAfterS: seconds })
  if (permission(target.spec.may, request.principal) === false) throw new Fault('operations.forbidden', { operation: target.name })
}

/** Whether a browser says that a page of our own sends this; a call that changes something must come from one if it uses the cookie. */
function siteOf({ method, headers }: FastifyRequest): 'safe' | 'same' | 'cross' {
  if (method === 'GET' || method === 'HEAD') return 'safe'
  const site = headers['sec-fetch-site']
  return site === 'same-origin' || headers['x-holdfast-console'] === '1' ? 'same' : 'cross'
}

import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Facts, Fault } from '#kernel/faults'
import { newId } from '#kernel/ids'
import { failure, type FieldError, outageFault, problem } from '#kernel/operations'

/** A refusal with the fields that are wrong. */
export class InputFault extends Fault {
  readonly errors: readonly FieldError[]
  constructor(errors: readonly FieldError[]) {
    super('operations.input_invalid', { fields: errors.length })
    this.errors = errors
  }
}

const retryAfterS: Readonly<Record<string, number>> = {
  'operations.key_in_flight': 1,
  'operations.overloaded': 2,
  'operations.unavailable': 2,
  'operations.draining': 5,
  'operations.disk_full': 30,
}

/** Sends a refusal as problem details, or our own failure as a 500 that tells nothing but its request id. */
export function refuse(reply: FastifyReply, request: FastifyRequest, error: unknown): FastifyReply {
  reply.header('content-type', 'application/problem+json; charset=utf-8')
  reply.header('x-request-id', request.id)
  reply.header('cache-control', 'no-store')
  if (!(error instanceof Fault)) {
    request.outcome = 'failed'
    return reply.code(500).send(failure(request.id))
  }
  request.outcome = error.code
  setRetryAfter(reply, error.code, error.facts)
  if (error.status === 401) reply.header('www-authenticate', 'Bearer')
  return reply.code(error.status).send(problem(error.code, error.facts, request.id, error instanceof InputFault ? error.errors : undefined))
}

/** Says in seconds when to come again, for refusals that time will mend. */
export function setRetryAfter(reply: FastifyReply, code: string, facts: Facts): void {
  const wait = retryAfterS[code] ?? facts['retryAfterS']
  if (typeof wait === 'number') reply.header('retry-after', String(wait))
}

/** What fastify or the database threw, as a fault where the caller can do something about it. */
export function translated(error: unknown): unknown {
  if (error instanceof Fault) return error
  const outage = outageFault(error)
  if (outage) return outage
  const { code, statusCode } = error as { code?: string; statusCode?: number }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new Fault('http.body_too_large', { limitBytes: 1_048_576 })
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new Fault('http.type_unsupported')
  if (code === 'FST_CP_ERR_INVALID_CONTENT_ENCODING') return new Fault('http.type_unsupported', { reason: 'an encoding that is not known' })
  if (code === 'FST_ERR_BAD_URL') return new Fault('http.address_malformed')
  if (code === 'FST_ERR_MAX_PARAM_LENGTH') return new Fault('http.route_unknown', { reason: 'a part of the address is too long' })
  // An address with a backslash or a dot too many: no file is looked for there.
  if (code === 'FST_STATIC_FORBIDDEN_PATH') return new Fault('http.route_unknown', { reason: 'no file has such a name' })
  if (statusCode === 412) return new Fault('http.precondition_failed')
  if (statusCode === 408) return new Fault('http.timed_out')
  if (statusCode === 400) return new Fault('http.body_malformed', { reason: (error as Error).message.slice(0, 200) })
  return error
}

/** Answers what is no HTTP request at all, which never becomes one to the server, and hangs up. */
export function refuseConnection(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { code, status } = new Fault(connectionFaults[error.code ?? ''] ?? 'http.request_malformed')
  const body = problem(code, {}, newId('req'))
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/problem+json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

const connectionFaults: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'http.headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'http.timed_out',
}

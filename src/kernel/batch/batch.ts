import type { FastifyReply, FastifyRequest } from 'fastify'
import { BatchPlanError, type BatchRefusal, type PlannedCall, planBatch, type ReadyCall, runBatch } from '#kernel/fanin'
import { catalogued, type Facts } from '#kernel/faults'
import { bodyMax, InputFault, type RawDeclared, type RawRoute, withinBatch } from '#kernel/http'
import { failure, problem, roles } from '#kernel/operations'
import { Answer, written } from './answer.ts'
import { described } from './described.ts'
import { fits } from './written-size.ts'

/** Answers of one batch together, in characters. */
const answersMax = 4 * 1024 * 1024
/** Calls of one batch under way at the same time. */
const parallel = 8
/** A call's own headers; who calls, and from where, is the batch's. */
const headersAllowed = new Set(['idempotency-key', 'content-type', 'accept'])
const json = /^application\/json *(?:;|$)/i
const headersHandedOn = ['authorization', 'cookie', 'sec-fetch-site', 'x-holdfast-console'] as const

/** What is told of the batch: for everybody with a role; each call is judged by itself. */
export const batch: RawDeclared = {
  method: 'POST',
  path: '/api/v1/batch',
  name: 'batch.run',
  summary: 'Several calls at once, each as if made alone; later ones may refer to earlier answers',
  may: roles,
  described,
}

/**
 * `POST /api/v1/batch`: makes each call through this server's own routing, with the caller's credentials, as if it had come alone, and
 * answers a status each. No call is made if the batch as a whole cannot be run (400).
 */
export function batchRoute(): RawRoute {
  return { ...batch, handle: run }
}

function planned(body: unknown): readonly PlannedCall[] {
  const fault = (pointer: string, code: string, message: string): never => {
    throw new InputFault([{ pointer, code, message }])
  }
  if (typeof body === 'object' && body !== null)
    for (const name of Object.keys(body))
      if (name !== 'calls')
        fault(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, 'unknown_field', 'a batch has calls, and nothing else')
  try {
    const plan = planBatch(body)
    for (const [i, { path, headers }] of plan.entries()) {
      if (!path.startsWith('/api/')) fault(`/calls/${i}/path`, 'path_malformed', 'a path starts with /api/')
      for (const [name, value] of Object.entries(headers)) {
        if (!headersAllowed.has(name)) fault(`/calls/${i}/headers`, 'header_refused', `a call in a batch has no ${name} of its own`)
        if (name === 'content-type' && !json.test(value)) fault(`/calls/${i}/headers`, 'header_refused', 'the body of a call is JSON')
      }
    }
    return plan
  } catch (error) {
    if (error instanceof BatchPlanError) return fault(error.at, error.code, error.message)
    throw error
  }
}

async function run(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const plan = planned(request.body)
  const gone = new AbortController()
  reply.raw.on('close', () => gone.abort())
  const answers = await runBatch(plan, {
    make: (call) => made(request, reply, call),
    refuse: (_, refusal) => refused(refusal, request.id),
    parallel,
    signal: gone.signal,
  })
  request.outcome = 'done'
  const text = written(
    plan.map(({ id }, at) => ({ id, answer: answers[at] as Answer })),
    answersMax,
  )
  return reply.header('content-type', 'application/json; charset=utf-8').header('cache-control', 'no-store').send(text)
}

async function made(request: FastifyRequest, reply: FastifyReply, { method, path, headers, body }: ReadyCall): Promise<Answer> {
  if (!fits(body, bodyMax)) return refusal('batch.too_large_filled', {}, request.id)
  const handedOn = headersHandedOn.flatMap((name) => (request.headers[name] === undefined ? [] : [[name, request.headers[name]] as const]))
  const answer = await request.server.inject({
    method,
    url: path,
    headers: {
      ...headers,
      ...Object.fromEntries(handedOn),
      [withinBatch]: '1',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    remoteAddress: request.ip,
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  })
  const cookies = answer.headers['set-cookie']
  if (cookies !== undefined)
    reply.header(
      'set-cookie',
      [cookies].flat().map((cookie) => asFrom(request, cookie)),
    )
  return new Answer(answer.statusCode, answer.payload, answer.headers)
}

/** A call in a batch doesn't see that the batch came by HTTPS: what it sets is marked as the batch's own would be. */
function asFrom({ protocol }: FastifyRequest, cookie: string): string {
  return protocol === 'https' && !/; *secure/i.test(cookie) ? `${cookie}; Secure` : cookie
}

function refused(why: BatchRefusal, requestId: string): Answer {
  switch (why.why) {
    case 'dependency_failed':
      return refusal('batch.dependency_failed', { dependency: why.dependency }, requestId)
    case 'reference_unresolved':
      return refusal('batch.reference_unresolved', { reason: why.detail }, requestId)
    case 'abandoned':
      return refusal('batch.abandoned', {}, requestId)
    case 'failed':
      return new Answer(500, failure(requestId))
  }
}

function refusal(code: string, facts: Facts, requestId: string): Answer {
  return new Answer(catalogued(code).status, problem(code, facts, requestId))
}

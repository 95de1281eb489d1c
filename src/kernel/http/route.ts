import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Operation, Principal, Role, View } from '#kernel/operations'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** A URL and what answers it: nothing else stands in a system's routes.ts. */
export interface Route {
  readonly method: Method
  readonly path: string
  readonly params: readonly string[]
  readonly target: Operation | View
  /** A body that it takes, to show. */
  readonly example?: unknown
}

/** `route('POST /api/v1/loans/:loan/repayments', repay)`: path, query and body become one input, judged by the target's schema. */
export function route<I, A>(url: string, target: Operation<I, A> | View<I, A>): Route {
  const match = /^(GET|POST|PUT|DELETE) (\/[\w/:.-]+)$/.exec(url)
  if (!match) throw new Error(`'${url}' is not of the form 'METHOD /path'`)
  const [, method, path = ''] = match
  const viewed = target.kind === 'view' ? (target.spec.post === true ? 'POST' : 'GET') : null
  if (viewed === null ? method === 'GET' : method !== viewed)
    throw new Error(`${url}: views are read with GET (with POST if they say so), operations asked for with the others`)
  const params = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
  return { method: method as Method, path, params, target }
}

/** What is told of a route that isn't an operation or view: a stream, a file. */
export interface RawDeclared {
  readonly method: Method
  readonly path: string
  readonly summary: string
  readonly may: readonly Role[]
  /** As an operation is named: for figures and the description. */
  readonly name?: string
  /** Its body and its answer, as OpenAPI tells them. */
  readonly described?: { readonly requestBody: object; readonly answer: object }
}

/** Such a route with what answers it; session, rate and role are judged before. */
export interface RawRoute extends RawDeclared {
  handle(request: FastifyRequest, reply: FastifyReply, principal: Principal): unknown
}

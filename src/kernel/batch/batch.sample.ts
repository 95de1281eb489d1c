import type { FastifyInstance } from 'fastify'
import { operation } from '#kernel/operations'
import { z } from 'zod'

export interface Answered {
  readonly id: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Record<string, unknown> & { readonly code?: string }
  readonly omitted?: string
}

export const echo = operation(
  'sample.echo',
  { summary: 'Says it again', input: z.strictObject({ said: z.unknown() }), answer: z.unknown(), may: ['admin', 'borrower'] },
  async (_, { said }) => said,
)
export const echoed = (id: string, said: unknown, more: object = {}) => ({
  id,
  method: 'POST',
  path: '/api/v1/echo',
  body: { said },
  ...more,
})

export const statuses = (answers: readonly Answered[]) => answers.map(({ id, status, body }) => [id, status, body?.code])

/** Sends batches as somebody, or as nobody. */
export function sender(app: FastifyInstance) {
  return async (name: string | undefined, body: unknown) => {
    const headers = { 'content-type': 'application/json', ...(name === undefined ? {} : { authorization: `Bearer ${name}` }) }
    const reply = await app.inject({ method: 'POST', url: '/api/v1/batch', headers, payload: JSON.stringify(body) })
    const told: { answers?: readonly Answered[]; code?: string; errors?: { pointer: string; code: string }[] } = reply.json()
    return { status: reply.statusCode, body: told, answers: told.answers ?? [], text: reply.body }
  }
}

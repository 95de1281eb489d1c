import { catalogued, type Facts } from '#kernel/faults'

/** One field that is wrong: a JSON pointer into the input and what is wrong with it. */
export interface FieldError {
  readonly pointer: string
  readonly code: string
  readonly message?: string
}

/** The text of a refusal as RFC 9457 problem details: title says what rule was broken, detail what to do about it. */
export function problem(code: string, facts: Facts, requestId: string, errors?: readonly FieldError[]): string {
  const { status, meaning, remedy } = catalogued(code)
  return JSON.stringify({
    type: `/docs/faults#${code}`,
    title: meaning,
    status,
    code,
    detail: remedy,
    facts,
    ...(errors ? { errors } : {}),
    requestId,
  })
}

/** The text of our own failure: nothing about it is told but the id under which the log holds it. */
export function failure(requestId: string): string {
  return JSON.stringify({
    type: 'about:blank',
    title: 'Holdfast made a mistake.',
    status: 500,
    code: 'operations.failed',
    detail:
      'Nothing was recorded. Send it again with the same Idempotency-Key; if it happens again, give the request id to those who run Holdfast.',
    facts: {},
    requestId,
  })
}

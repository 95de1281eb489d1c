import { catalogued } from './catalogue.ts'

/** What a refusal says beside its code: small, printable, without secrets. */
export type Facts = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

/**
 * An expected refusal: `throw new Fault('lending.loan_not_active', { loan, state })`.
 * The code must be in the catalogue (else our own bug: an Error); status and meaning come from there.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: string
  readonly facts: Facts
  readonly status: number

  constructor(code: string, facts: Facts = {}) {
    const entry = catalogued(code)
    // A refusal is part of normal work: no stack is taken, it costs more than the operation itself.
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(`${code}: ${entry.meaning}`)
    Error.stackTraceLimit = limit
    this.code = code
    this.facts = facts
    this.status = entry.status
  }
}

/** Marks what can only be our own mistake: answered as 500, logged with its stack, never stored for a replay. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`)
}

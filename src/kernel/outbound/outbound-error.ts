/**
 * How a call to somebody else's server came to nothing. `refused`: no connection; `timed_out`; `broken`: the connection ended before the
 * answer did; `too_large`; `status`: 5xx or 429; `not_json`; `not_permitted`: our own breaker, bulkhead or rate limit; `cancelled`: by us.
 */
export type OutboundErrorKind = 'refused' | 'timed_out' | 'broken' | 'too_large' | 'status' | 'not_json' | 'not_permitted' | 'cancelled'

export interface OutboundFailure {
  readonly kind: OutboundErrorKind
  readonly target: string
  readonly method: string
  /** The path, or its template; without the query. */
  readonly route: string
  readonly detail: string
  readonly status?: number | undefined
  /** A code of the system or of undici, never its message: that may quote what was sent. */
  readonly code?: string | undefined
  readonly retryAfterMs?: number | undefined
  readonly retryable: boolean
  /** Whether it speaks against the target's health. */
  readonly unhealthy: boolean
  readonly text?: string | undefined
}

/** Safe to log whole: no query, header, body or secret is in what it shows. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError'
  readonly kind: OutboundErrorKind
  readonly target: string
  readonly method: string
  readonly route: string
  readonly status: number | undefined
  readonly code: string | undefined
  readonly retryAfterMs: number | undefined
  readonly retryable: boolean
  readonly unhealthy: boolean
  readonly #failure: OutboundFailure

  constructor(failure: OutboundFailure) {
    super(`${failure.target}: ${failure.method} ${failure.route}: ${failure.detail}`)
    this.kind = failure.kind
    this.target = failure.target
    this.method = failure.method
    this.route = failure.route
    this.status = failure.status
    this.code = failure.code
    this.retryAfterMs = failure.retryAfterMs
    this.retryable = failure.retryable
    this.unhealthy = failure.unhealthy
    this.#failure = failure
  }

  /** What the server answered, if it did: for the caller that must read it, not for logs, which never see it. */
  get text(): string | undefined {
    return this.#failure.text
  }

  /** The same, no longer held against the target. */
  excused(): OutboundError {
    return new OutboundError({ ...this.#failure, unhealthy: false })
  }
}

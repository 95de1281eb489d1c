import { context, propagation, type Span, SpanStatusCode, trace } from '@opentelemetry/api'

const tracer = trace.getTracer('holdfast')

/** What a span tells of itself: the operation's, view's, reaction's or job's name; facts; a caller's headers, whose trace it goes on. */
export interface SpanOf {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, unknown>>
}

/** What work came to, where that isn't told by throwing: a fault's code or `done`, and our own failure. */
export interface SpanEnd {
  readonly outcome: string
  readonly error?: unknown
}

/**
 * Runs work as an OpenTelemetry span, below the caller's if `headers` carry one and a propagator is registered; free of cost while no SDK
 * is. A refusal is an outcome, a failure of ours an error.
 */
export function span<T>({ name, attributes, headers }: SpanOf, work: () => Promise<T> | T, endOf?: (answer: T) => SpanEnd): Promise<T> {
  const parent = headers ? propagation.extract(context.active(), headers) : context.active()
  return tracer.startActiveSpan(name, { attributes }, parent, async (active) => {
    try {
      const answer = await work()
      const { outcome, error } = endOf?.(answer) ?? { outcome: 'done' }
      active.setAttribute('holdfast.outcome', outcome)
      if (error !== undefined) fail(active, error)
      return answer
    } catch (error) {
      fail(active, error)
      throw error
    } finally {
      active.end()
    }
  })
}

function fail(active: Span, error: unknown): void {
  active.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) })
}

import { Agent, type Dispatcher } from 'undici'
import {
  BulkheadFullError,
  CallNotPermittedError,
  RequestNotPermittedError,
  TimeLimitExceededError,
  chain,
  type Call,
  type Chain,
  type CircuitBreaker,
  type Resilience,
} from '#kernel/resilience'
import { addressOf, originOf } from './address.ts'
import { exchangeOnce, type Answer, type Exchange } from './exchange.ts'
import { mergedHeaders } from './headers.ts'
import { OutboundError, type OutboundErrorKind } from './outbound-error.ts'
import { redactor } from './redact.ts'
import { Subjects } from './subjects.ts'

const BODY_MAX_BYTES = 5_000_000
const CONNECT_TIMEOUT_MS = 3000
const SILENCE_TIMEOUT_MS = 30_000 // between two bytes; the time limiter bounds the whole
const CONNECTIONS_MAX = 64 // to one target
const REPEATABLE = new Set(['GET', 'HEAD', 'PUT', 'DELETE']) // RFC 9110, section 9.2.2

/** A server of somebody else's. */
export interface TargetOptions {
  /** Scheme (http or https), host and port; a base path if all its paths share one. No user, query or fragment: RangeError. */
  readonly origin: string
  /** Sent with every call; asked for each time, so that a token may change. */
  readonly headers?: (() => Readonly<Record<string, string>>) | undefined
  /** Never shown in an error: keys, tokens, passwords. */
  readonly secrets?: readonly string[] | undefined
  readonly maxBodyBytes?: number | undefined
}

export interface OutboundCall {
  readonly method?: Exchange['method'] | undefined
  /** Starts with a slash and has no dot segment; appended to the origin, whatever else it holds. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Sent as JSON, or, if text, as it is. */
  readonly body?: unknown
  /** Stands for the path in errors, where a path would tell on people: `/score/:pan`. */
  readonly route?: string | undefined
  /** True lets a POST or PATCH be tried again, as when it carries an idempotency key. */
  readonly repeatable?: boolean | undefined
  /** Whom or what it is about, as a digest: of failures about the same in a row the breaker counts one, as long as it is closed. */
  readonly about?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Target {
  readonly name: string
  /** Rejects with OutboundError; with RangeError for a path that would leave the target, and a header that cannot be sent or is not the caller's. */
  call(call: OutboundCall): Promise<Answer>
}

/** The way out: every call to another server goes through the retry, breaker, rate limit, time limit and bulkhead of its target's name. */
export class Outbound {
  readonly #resilience: Resilience
  readonly #dispatcher: Dispatcher

  constructor(resilience: Resilience, dispatcher?: Dispatcher) {
    this.#resilience = resilience
    this.#dispatcher =
      dispatcher ??
      new Agent({
        connections: CONNECTIONS_MAX,
        connect: { timeout: CONNECT_TIMEOUT_MS },
        headersTimeout: SILENCE_TIMEOUT_MS,
        bodyTimeout: SILENCE_TIMEOUT_MS,
      })
  }

  /** A target by the name that its patterns are configured and measured under. A rate limit it has only if one is configured. */
  to(name: string, options: TargetOptions): Target {
    const { circuitBreaker, retry, bulkhead, threadPoolBulkhead, timeLimiter, rateLimiter } = this.#resilience
    const breaker = circuitBreaker.get(name)
    const guard: Guard = {
      breaker,
      subjects: new Subjects(),
      outer: chain({ retry: retry.get(name), circuitBreaker: breaker }),
      inner: chain({
        rateLimiter: rateLimiter.has(name) ? rateLimiter.get(name) : undefined,
        timeLimiter: timeLimiter.get(name),
        bulkhead: threadPoolBulkhead.has(name) ? threadPoolBulkhead.get(name) : bulkhead.get(name),
      }),
    }
    const origin = originOf(options.origin)
    const redact = redactor(options.secrets ?? [])
    return { name, call: (call) => through(guard, () => this.#exchange(name, { origin, redact, options }, call), call) }
  }

  async close(): Promise<void> {
    await this.#dispatcher.close()
  }

  #exchange(
    target: string,
    { origin, redact, options }: { origin: URL; redact: (text: string) => string; options: TargetOptions },
    call: OutboundCall,
  ): Omit<Exchange, 'signal'> {
    const { method = 'GET', path, body } = call
    const url = addressOf(origin, path, call.query)
    const json = body !== undefined && typeof body !== 'string'
    return {
      target,
      url,
      method,
      route: call.route ?? path.split('?')[0] ?? '',
      headers: mergedHeaders(json ? { 'content-type': 'application/json' } : {}, options.headers?.() ?? {}, call.headers ?? {}),
      body: json ? JSON.stringify(body) : typeof body === 'string' ? body : undefined,
      repeatable: call.repeatable ?? REPEATABLE.has(method),
      maxBodyBytes: options.maxBodyBytes ?? BODY_MAX_BYTES,
      dispatcher: this.#dispatcher,
      redact,
    }
  }
}

/** Resilience4j's order in two parts, so that breaker and retry see what went wrong in our own words. */
interface Guard {
  readonly breaker: CircuitBreaker
  readonly subjects: Subjects
  readonly outer: Chain
  readonly inner: Chain
}

async function through(
  { outer, inner, breaker, subjects }: Guard,
  prepare: () => Omit<Exchange, 'signal'>,
  { signal, about }: OutboundCall,
): Promise<Answer> {
  const exchange = prepare()
  // A half-open breaker asks few and believes each of them.
  const excused = (failed: boolean): boolean => about !== undefined && subjects.failsAgain(about, failed) && breaker.state === 'CLOSED'
  const once = async (call: Call): Promise<Answer> => {
    try {
      const answer = await inner.run((within) => exchangeOnce({ ...exchange, signal: within.signal }), call)
      excused(false)
      return answer
    } catch (error) {
      const told = inOurWords(exchange, error)
      throw told.unhealthy && excused(true) ? told.excused() : told
    }
  }
  try {
    return await outer.execute(once, { signal })
  } catch (error) {
    throw inOurWords(exchange, error)
  }
}

function inOurWords({ target, method, route, redact, repeatable }: Omit<Exchange, 'signal'>, error: unknown): OutboundError {
  if (error instanceof OutboundError) return error
  const [kind, detail] = refusal(error)
  const late = kind === 'timed_out'
  return new OutboundError({ kind, target, method, route: redact(route), detail, retryable: late && repeatable, unhealthy: late })
}

function refusal(error: unknown): [OutboundErrorKind, string] {
  if (error instanceof TimeLimitExceededError) return ['timed_out', `no answer within ${error.timeoutMs} ms`]
  if (error instanceof CallNotPermittedError) return ['not_permitted', `not called: its circuit breaker is ${error.state}`]
  if (error instanceof BulkheadFullError) return ['not_permitted', 'not called: too many calls to it are running']
  if (error instanceof RequestNotPermittedError) return ['not_permitted', 'not called: its rate limit is used up']
  return ['cancelled', 'ended by its caller']
}

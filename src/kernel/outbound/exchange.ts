import { request, type Dispatcher } from 'undici'
import { OutboundError, type OutboundErrorKind, type OutboundFailure } from './outbound-error.ts'

const RETRY_AFTER_MAX_MS = 60_000
const NO_CONNECTION = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])
const TIMED_OUT = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'])
const PASSING = new Set([429, 502, 503, 504])

export interface Answer {
  readonly status: number
  /** Lower-case names; a repeated header is joined with commas. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** The body as JSON. Throws OutboundError `not_json`. */
  json(): unknown
}

/** One request, made once. */
export interface Exchange {
  readonly target: string
  readonly url: URL
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly route: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** May be made twice with the effect of once. */
  readonly repeatable: boolean
  readonly maxBodyBytes: number
  readonly dispatcher: Dispatcher
  readonly signal: AbortSignal
  readonly redact: (text: string) => string
}

type Facts = Partial<Pick<OutboundFailure, 'status' | 'code' | 'retryAfterMs' | 'text'>>

function failure(
  exchange: Exchange,
  kind: OutboundErrorKind,
  detail: string,
  facts: Facts & { passing: boolean; unsent?: boolean },
): OutboundError {
  const { passing, unsent = false, ...rest } = facts
  const { target, method, redact } = exchange
  return new OutboundError({
    kind,
    target,
    method,
    route: redact(exchange.route),
    detail: redact(detail),
    ...rest,
    retryable: passing && (exchange.repeatable || unsent),
    unhealthy: kind !== 'cancelled' && rest.status !== 429,
  })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function failed(exchange: Exchange, error: unknown, started: boolean): OutboundError {
  if (error instanceof OutboundError) return error
  const code = codeOf(error)
  if (exchange.signal.aborted) return failure(exchange, 'cancelled', 'ended before an answer came', { code: 'ABORTED', passing: false })
  if (NO_CONNECTION.has(code)) return failure(exchange, 'refused', `no connection (${code})`, { code, passing: true, unsent: true })
  if (TIMED_OUT.has(code)) return failure(exchange, 'timed_out', `no answer in time (${code})`, { code, passing: true })
  const detail = started ? 'the connection ended before the answer did' : 'the connection ended before an answer'
  return failure(exchange, 'broken', `${detail} (${code === '' ? 'unknown' : code})`, { code, passing: true })
}

// RFC 9110, section 10.2.3: seconds, or a date, which needs the server's own to be worth anything.
function retryAfter(headers: Readonly<Record<string, string>>): number | undefined {
  const after = headers['retry-after']
  if (after === undefined) return undefined
  const ms = /^\d{1,9}$/.test(after) ? Number(after) * 1000 : Date.parse(after) - Date.parse(headers['date'] ?? '')
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), RETRY_AFTER_MAX_MS) : undefined
}

async function bounded(exchange: Exchange, response: Dispatcher.ResponseData): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response.body) {
    const part: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    bytes += part.length
    if (bytes > exchange.maxBodyBytes) {
      response.body.destroy()
      throw failure(exchange, 'too_large', `an answer of more than ${exchange.maxBodyBytes} bytes`, {
        status: response.statusCode,
        passing: false,
      })
    }
    chunks.push(part)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Makes the request; resolves with any answer but 5xx and 429, which are OutboundErrors like everything else that goes wrong. */
export async function exchangeOnce(exchange: Exchange): Promise<Answer> {
  let started = false
  try {
    const { url, method, headers, body, dispatcher, signal } = exchange
    const response = await request(url, { method, headers, body: body ?? null, dispatcher, signal })
    started = true
    const received: Record<string, string> = {}
    for (const [name, value] of Object.entries(response.headers))
      if (value !== undefined) received[name] = Array.isArray(value) ? value.join(', ') : value
    const text = await bounded(exchange, response)
    const { statusCode: status } = response
    if (status >= 500 || status === 429) {
      const facts = { status, text, retryAfterMs: retryAfter(received), passing: PASSING.has(status) }
      throw failure(exchange, 'status', `answered ${status}`, facts)
    }
    return { status, headers: received, text, json: () => parsed(exchange, status, text) }
  } catch (error) {
    throw failed(exchange, error, started)
  }
}

function parsed(exchange: Exchange, status: number, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw failure(exchange, 'not_json', `answered ${status} with something that is no JSON`, { status, text, passing: false })
  }
}

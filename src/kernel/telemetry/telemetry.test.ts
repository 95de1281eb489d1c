import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Attributes, context, type Context, INVALID_SPAN_CONTEXT, type Span, SpanStatusCode, trace } from '@opentelemetry/api'
import { makeLog, span } from './index.ts'

/** What a registered SDK would collect. */
interface Told {
  readonly name: string
  readonly attributes: Attributes
  status: string | undefined
  ended: boolean
}
const told: Told[] = []

/** The least that OpenTelemetry's API takes for a tracer: it writes down. */
function recording(name: string, given: Attributes): Span {
  const one: Told = { name, attributes: { ...given }, status: undefined, ended: false }
  told.push(one)
  const made: Span = {
    spanContext: () => INVALID_SPAN_CONTEXT,
    setAttribute: (key, value) => {
      one.attributes[key] = value
      return made
    },
    setAttributes: () => made,
    addEvent: () => made,
    addLink: () => made,
    addLinks: () => made,
    setStatus: ({ code, message }) => {
      one.status = `${SpanStatusCode[code]}: ${message}`
      return made
    },
    updateName: () => made,
    end: () => void (one.ended = true),
    isRecording: () => true,
    recordException: () => undefined,
  }
  return made
}
const startSpan = (name: string, options?: { attributes?: Attributes }): Span => recording(name, options?.attributes ?? {})
function startActiveSpan<F extends (span: Span) => unknown>(name: string, ...rest: readonly unknown[]): ReturnType<F> {
  const work = rest.at(-1) as F
  const [options, parent] = rest as [{ attributes?: Attributes }, Context]
  return context.with(parent, () => work(startSpan(name, options))) as ReturnType<F>
}

test('work is a span by its name with what it came to: done, a refusal, our failure, or what it threw', async () => {
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan, startActiveSpan }) })
  const of = { name: 'telemetry.sample', attributes: { 'holdfast.request_id': 'req_1' } }
  assert.equal(await span(of, () => 7), 7)
  await span(
    { ...of, headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } },
    () => 'no',
    (answer) => ({ outcome: answer }),
  )
  await span(
    of,
    () => 1,
    () => ({ outcome: 'failed', error: new Error('ours') }),
  )
  await assert.rejects(
    span(of, () => {
      throw new Error('thrown')
    }),
    /thrown/,
  )
  trace.disable()
  // Others' tests run in this process too.
  const ours = told.filter(({ name }) => name === of.name)
  assert.deepEqual(
    ours.map(({ attributes, status }) => [attributes['holdfast.request_id'], attributes['holdfast.outcome'], status]),
    [
      ['req_1', 'done', undefined],
      ['req_1', 'no', undefined],
      ['req_1', 'failed', 'ERROR: ours'],
      ['req_1', undefined, 'ERROR: thrown'],
    ],
  )
  assert.ok(ours.every(({ ended }) => ended))
})

interface Line {
  readonly time: string
  readonly msg: string
  readonly requestId: string
  readonly password?: string
  readonly error?: { readonly code: string; readonly message: string; readonly stack: string }
}

test('a log line is JSON with its time; secrets are hidden at any depth that we log, and so is what PostgreSQL quotes of a row', () => {
  const lines: string[] = []
  const log = makeLog('info', { write: (line) => void lines.push(line) })
  const refused = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (pan)=(ABCPM0001K) already exists.' })
  log.info({ requestId: 'req_1', password: 'open sesame', headers: { authorization: 'Bearer x' }, a: { b: { token: 'y' } } }, 'asked')
  log.error({ requestId: 'req_1', error: refused }, 'failed')
  log.error({ requestId: 'req_1', error: new AggregateError([refused, refused], 'twice') }, 'failed')
  log.debug('not at this level')
  assert.equal(lines.length, 3)
  for (const secret of ['open sesame', 'Bearer', '"y"', 'ABCPM0001K']) assert.ok(!lines.join('').includes(secret), secret)
  const [asked, failed] = lines.map((line) => JSON.parse(line) as Line)
  assert.deepEqual([asked?.msg, asked?.requestId, asked?.password], ['asked', 'req_1', '[hidden]'])
  assert.ok(!Number.isNaN(Date.parse(asked?.time ?? '')))
  assert.deepEqual([failed?.error?.code, failed?.error?.message], ['23505', 'duplicate key'])
  assert.match(failed?.error?.stack ?? '', /telemetry\.test/)
})

import { SpanStatusCode, trace } from '@opentelemetry/api'

const tracer = trace.getTracer('holdfast')

/** Runs work as an OpenTelemetry span named after the operation; free of cost while no SDK is registered. */
export function span<T>(name: string, attributes: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  return tracer.startActiveSpan(name, { attributes }, async (active) => {
    try {
      return await work()
    } catch (error) {
      active.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) })
      throw error
    } finally {
      active.end()
    }
  })
}

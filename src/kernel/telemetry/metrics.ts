import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** Figures of one process, scraped as text at /metrics. */
export class Metrics {
  readonly registry = new Registry()
  readonly #operations: Histogram<'operation' | 'outcome'>

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: 'holdfast_' })
    this.#operations = new Histogram({
      name: 'holdfast_operation_seconds',
      help: 'Time from a call to its answer, by operation or view and outcome (done, a fault code, failed)',
      labelNames: ['operation', 'outcome'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers: [this.registry],
    })
  }

  observe(operation: string, outcome: string, seconds: number): void {
    this.#operations.observe({ operation, outcome }, seconds)
  }

  /** A figure that is read when it is scraped. */
  gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({ name, help, registers: [], collect: () => gauge.set(read()) })
    this.registry.registerMetric(gauge)
  }

  counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: [this.registry] })
  }
}

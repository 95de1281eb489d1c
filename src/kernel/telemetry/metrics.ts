import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** One time series of somebody who counts for themself: its name, labels and value now. */
export interface Sample {
  readonly name: string
  readonly kind: 'gauge' | 'counter'
  readonly help: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Figures of one process, scraped as text at /metrics. */
export class Metrics {
  readonly registry = new Registry()
  readonly #others: (() => readonly Sample[])[] = []
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

  /** Time series that are read when they are scraped, beside our own; their names must not be ours. */
  samples(read: () => readonly Sample[]): void {
    this.#others.push(read)
  }

  /** Everything, in Prometheus' text format 0.0.4. */
  async text(): Promise<string> {
    const others = Map.groupBy(
      this.#others.flatMap((read) => read()),
      ({ name }) => name,
    )
    return (await this.registry.metrics()) + [...others.values()].map(family).join('')
  }
}

function family(samples: readonly Sample[]): string {
  const [{ name, kind, help }] = samples as [Sample]
  const lines = samples.map(({ labels, value }) => `${name}{${labelled(labels)}} ${value}\n`)
  return `# HELP ${name} ${help.replaceAll(/[\\\n]/g, escaped)}\n# TYPE ${name} ${kind}\n${lines.join('')}`
}

function labelled(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([label, value]) => `${label}="${value.replaceAll(/[\\\n"]/g, escaped)}"`)
    .join(',')
}

function escaped(letter: string): string {
  return letter === '\n' ? '\\n' : `\\${letter}`
}

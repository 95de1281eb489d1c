import type { CircuitBreakerConfig } from './breaker-config.ts'
import { Bulkhead, type BulkheadConfig } from './bulkhead.ts'
import { CircuitBreaker } from './circuit-breaker.ts'
import { chain, type Chain } from './compose.ts'
import {
  breakerSamples,
  bulkheadSamples,
  rateLimiterSamples,
  retrySamples,
  threadPoolBulkheadSamples,
  timeLimiterSamples,
  type Sample,
} from './meters.ts'
import { RateLimiter, type RateLimiterConfig } from './rate-limiter.ts'
import { Retry, type RetryConfig } from './retry.ts'
import type { InstanceOptions, RuntimeOptions } from './runtime.ts'
import { ThreadPoolBulkhead, type ThreadPoolBulkheadConfig } from './thread-pool-bulkhead.ts'
import { TimeLimiter, type TimeLimiterConfig } from './time-limiter.ts'

const INSTANCES_MAX = 1_000_000
const BASES_MAX = 10 // how long a line of baseConfig may be

/** A configuration may stand on a shared one by name; all stand on `default`. */
export type Based<C> = C & { readonly baseConfig?: string | undefined }

export interface KindConfig<C> {
  readonly configs?: Readonly<Record<string, Based<C>>> | undefined
  readonly instances?: Readonly<Record<string, Based<C>>> | undefined
}

export interface RegistryEvent<P> {
  readonly type: 'added' | 'removed' | 'reconfigured'
  readonly name: string
  readonly instance: P
}

interface Kind<P, C> {
  readonly what: string
  make(name: string, config: C, options: InstanceOptions): P
  samples(instance: P): Sample[]
}

/** Instances of one pattern by name, made at first use from their own, a shared, or the default configuration; changed while live. */
export class Registry<P extends { changeConfig(config: C): void }, C extends object> {
  readonly #kind: Kind<P, C>
  readonly #options: RuntimeOptions
  readonly #shared = new Map<string, Based<C>>()
  readonly #own = new Map<string, Based<C>>()
  readonly #instances = new Map<string, P>()
  readonly #listeners = new Set<(event: RegistryEvent<P>) => void>()

  constructor(kind: Kind<P, C>, config: KindConfig<C> = {}, options: RuntimeOptions = {}) {
    this.#kind = kind
    this.#options = options
    for (const [name, shared] of Object.entries(config.configs ?? {})) this.#shared.set(name, shared)
    for (const [name, own] of Object.entries(config.instances ?? {})) this.#own.set(name, own)
  }

  /** The instance of this name, made if need be; `own` counts only then. RangeError for an unknown base or a bad field. */
  get(name: string, own?: Based<C>, tags?: InstanceOptions['tags']): P {
    const known = this.#instances.get(name)
    if (known !== undefined) return known
    if (this.#instances.size >= INSTANCES_MAX) throw new RangeError(`no more than ${INSTANCES_MAX} instances of ${this.#kind.what}`)
    const config = this.#resolve(own ?? this.#own.get(name))
    const instance = this.#kind.make(name, config, { ...this.#options, tags })
    if (own !== undefined) this.#own.set(name, own)
    this.#instances.set(name, instance)
    this.#tell({ type: 'added', name, instance })
    return instance
  }

  find(name: string): P | undefined {
    return this.#instances.get(name)
  }

  /** True if an instance is there, or would come out of a configuration of its own. */
  has(name: string): boolean {
    return this.#instances.has(name) || this.#own.has(name)
  }

  all(): IterableIterator<P> {
    return this.#instances.values()
  }

  remove(name: string): boolean {
    const instance = this.#instances.get(name)
    if (instance === undefined) return false
    this.#instances.delete(name)
    this.#own.delete(name)
    this.#tell({ type: 'removed', name, instance })
    return true
  }

  /** Replaces a shared configuration (`default` too), and with it every live instance that stands on it. A bad one changes nothing. */
  share(name: string, config: Based<C>): void {
    const before = this.#shared.get(name)
    this.#shared.set(name, config)
    try {
      for (const instance of this.#instances.keys()) this.#kind.make('', this.#resolve(this.#own.get(instance)), this.#options)
    } catch (error) {
      if (before === undefined) this.#shared.delete(name)
      else this.#shared.set(name, before)
      throw error
    }
    for (const instance of this.#instances.keys()) this.#apply(instance)
  }

  /** Replaces the configuration of one name, live or yet to be made. A bad one changes nothing. */
  configure(name: string, own: Based<C>): void {
    this.#kind.make('', this.#resolve(own), this.#options)
    this.#own.set(name, own)
    this.#apply(name)
  }

  on(listener: (event: RegistryEvent<P>) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  metrics(): Sample[] {
    return [...this.#instances.values()].flatMap((instance) => this.#kind.samples(instance))
  }

  #apply(name: string): void {
    const instance = this.#instances.get(name)
    if (instance === undefined) return
    instance.changeConfig(this.#resolve(this.#own.get(name)))
    this.#tell({ type: 'reconfigured', name, instance })
  }

  #resolve(own: Based<C> | undefined): C {
    const line: Based<C>[] = own === undefined ? [] : [own]
    let base = own?.baseConfig ?? 'default'
    for (let i = 0; i <= BASES_MAX; i++) {
      const shared = this.#shared.get(base)
      if (shared === undefined && base !== 'default') throw new RangeError(`no shared configuration '${base}' of ${this.#kind.what}`)
      if (shared !== undefined) line.unshift(shared)
      if (base === 'default') return Object.assign({}, ...line)
      base = shared?.baseConfig ?? 'default'
    }
    throw new RangeError(`configurations of ${this.#kind.what} stand on each other more than ${BASES_MAX} deep`)
  }

  #tell(event: RegistryEvent<P>): void {
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch {
        // a listener watches; it has no say in what instances there are
      }
    }
  }
}

export interface ResilienceConfig {
  readonly circuitBreaker?: KindConfig<CircuitBreakerConfig> | undefined
  readonly retry?: KindConfig<RetryConfig> | undefined
  readonly bulkhead?: KindConfig<BulkheadConfig> | undefined
  readonly threadPoolBulkhead?: KindConfig<ThreadPoolBulkheadConfig> | undefined
  readonly rateLimiter?: KindConfig<RateLimiterConfig> | undefined
  readonly timeLimiter?: KindConfig<TimeLimiterConfig> | undefined
}

/** One registry of each pattern, on one runtime. */
export interface Resilience {
  readonly circuitBreaker: Registry<CircuitBreaker, CircuitBreakerConfig>
  readonly retry: Registry<Retry, RetryConfig>
  readonly bulkhead: Registry<Bulkhead, BulkheadConfig>
  readonly threadPoolBulkhead: Registry<ThreadPoolBulkhead, ThreadPoolBulkheadConfig>
  readonly rateLimiter: Registry<RateLimiter, RateLimiterConfig>
  readonly timeLimiter: Registry<TimeLimiter, TimeLimiterConfig>
  /** The patterns configured under this name, in Resilience4j's order; a thread pool bulkhead stands where a bulkhead would. */
  chain(name: string): Chain
  /** Everything that Resilience4j's micrometer binders would expose, now. */
  metrics(): Sample[]
}

export function resilience(config: ResilienceConfig = {}, options: RuntimeOptions = {}): Resilience {
  const make = <P extends { changeConfig(config: C): void }, C extends object>(
    kind: { what: string; samples: (instance: P) => Sample[]; of: new (name: string, config: C, options: InstanceOptions) => P },
    given: KindConfig<C> | undefined,
  ): Registry<P, C> =>
    new Registry({ what: kind.what, samples: kind.samples, make: (name, own, extra) => new kind.of(name, own, extra) }, given, options)
  const circuitBreaker = make({ what: 'circuit breaker', samples: breakerSamples, of: CircuitBreaker }, config.circuitBreaker)
  const retry = make({ what: 'retry', samples: retrySamples, of: Retry }, config.retry)
  const bulkhead = make({ what: 'bulkhead', samples: bulkheadSamples, of: Bulkhead }, config.bulkhead)
  const threadPoolBulkhead = make(
    { what: 'thread pool bulkhead', samples: threadPoolBulkheadSamples, of: ThreadPoolBulkhead },
    config.threadPoolBulkhead,
  )
  const rateLimiter = make({ what: 'rate limiter', samples: rateLimiterSamples, of: RateLimiter }, config.rateLimiter)
  const timeLimiter = make({ what: 'time limiter', samples: timeLimiterSamples, of: TimeLimiter }, config.timeLimiter)
  return {
    circuitBreaker,
    retry,
    bulkhead,
    threadPoolBulkhead,
    rateLimiter,
    timeLimiter,
    chain: (name) =>
      chain({
        retry: retry.has(name) ? retry.get(name) : undefined,
        circuitBreaker: circuitBreaker.has(name) ? circuitBreaker.get(name) : undefined,
        rateLimiter: rateLimiter.has(name) ? rateLimiter.get(name) : undefined,
        timeLimiter: timeLimiter.has(name) ? timeLimiter.get(name) : undefined,
        bulkhead: threadPoolBulkhead.has(name) ? threadPoolBulkhead.get(name) : bulkhead.has(name) ? bulkhead.get(name) : undefined,
      }),
    metrics: () => [circuitBreaker, retry, bulkhead, threadPoolBulkhead, rateLimiter, timeLimiter].flatMap((each) => each.metrics()),
  }
}

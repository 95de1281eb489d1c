import { BULKHEAD_EVENTS, BulkheadFullError, type BulkheadEvent } from './bulkhead.ts'
import { onCancel, type Call, type Task } from './call.ts'
import { makeError, oneOf, within } from './check.ts'
import { Pattern } from './pattern.ts'
import type { InstanceOptions } from './runtime.ts'

const POOL_MAX = 100_000
const QUEUE_MAX = 1_000_000

/** Names and meaning of Resilience4j 2.4.0's ThreadPoolBulkheadConfig; the defaults are those of a machine of four processors. */
export interface ThreadPoolBulkheadConfig {
  readonly coreThreadPoolSize?: number | undefined
  readonly maxThreadPoolSize?: number | undefined
  readonly queueCapacity?: number | undefined
  readonly keepAliveDurationMs?: number | undefined
  /** What becomes of a call when pool and queue are full: refused, or run outside the pool by whoever brought it. */
  readonly rejectedExecutionHandler?: 'ABORT' | 'CALLER_RUNS' | undefined
  readonly writableStackTraceEnabled?: boolean | undefined
}

/**
 * A bounded pool with a queue, by java.util.concurrent.ThreadPoolExecutor's rule: up to core places are opened for new calls, then
 * calls queue, and only when the queue is full are places opened up to the maximum. A place is a running call, there are no threads here.
 */
export class ThreadPoolBulkhead extends Pattern<BulkheadEvent> {
  #core = 0
  #max = 0
  #capacity = 0
  #keepAliveMs = 0
  #callerRuns = false
  #stack = true
  #places = 0
  #active = 0
  #idleSince: number[] = [] // of the places open and not in use, oldest first
  readonly #queue = new Set<() => void>()

  constructor(name: string, config: ThreadPoolBulkheadConfig = {}, options: InstanceOptions = {}) {
    super(name, BULKHEAD_EVENTS, options)
    this.changeConfig(config)
  }

  /** As ThreadPoolExecutor's setters: a larger core lets in who waits; a smaller maximum binds as calls finish. What waits stays. */
  changeConfig(config: ThreadPoolBulkheadConfig): void {
    const max = within('maxThreadPoolSize', config.maxThreadPoolSize ?? 4, { min: 1, max: POOL_MAX, whole: true })
    const core = within('coreThreadPoolSize', config.coreThreadPoolSize ?? Math.min(3, max), { min: 1, max, whole: true })
    const capacity = within('queueCapacity', config.queueCapacity ?? 100, { min: 0, max: QUEUE_MAX, whole: true })
    const handler = oneOf('rejectedExecutionHandler', config.rejectedExecutionHandler ?? 'ABORT', ['ABORT', 'CALLER_RUNS'])
    this.#keepAliveMs = within('keepAliveDurationMs', config.keepAliveDurationMs ?? 20, { min: 0 })
    this.#core = core
    this.#max = max
    this.#capacity = capacity
    this.#callerRuns = handler === 'CALLER_RUNS'
    this.#stack = config.writableStackTraceEnabled ?? true
    for (; this.#places > max && this.#idleSince.length > 0; this.#places--) this.#idleSince.shift()
    for (; this.#places < core && this.#queue.size > 0; this.#places++) this.#handOver()
  }

  metrics(): Readonly<
    Record<
      | 'coreThreadPoolSize'
      | 'maximumThreadPoolSize'
      | 'threadPoolSize'
      | 'activeThreadCount'
      | 'availableThreadCount'
      | 'queueDepth'
      | 'queueCapacity'
      | 'remainingQueueCapacity',
      number
    >
  > {
    this.#closeIdle()
    return {
      coreThreadPoolSize: this.#core,
      maximumThreadPoolSize: this.#max,
      threadPoolSize: this.#places,
      activeThreadCount: this.#active,
      availableThreadCount: this.#max - this.#active,
      queueDepth: this.#queue.size,
      queueCapacity: this.#capacity,
      remainingQueueCapacity: Math.max(0, this.#capacity - this.#queue.size),
    }
  }

  async run<T>(task: Task<T>, call: Call): Promise<T> {
    this.#closeIdle()
    let pooled = true
    if (this.#places < this.#core) this.#places++
    else if (this.#idleSince.length > 0) this.#takeIdle()
    else if (this.#queue.size < this.#capacity) await this.#enqueue(call)
    else if (this.#places < this.#max) this.#places++
    else if (this.#callerRuns) pooled = false
    else {
      this.#tell('CALL_REJECTED')
      throw makeError(() => new BulkheadFullError(this.name), this.#stack)
    }
    if (pooled) this.#active++
    this.#tell('CALL_PERMITTED')
    try {
      return await task(call)
    } finally {
      if (pooled) this.#release()
      this.#tell('CALL_FINISHED')
    }
  }

  // Java's queue wakes who has waited longest; without a queue the latest comes first, and the others have time to close.
  #takeIdle(): void {
    if (this.#capacity === 0) this.#idleSince.pop()
    else this.#idleSince.shift()
  }

  // Resolves when a place has been handed over.
  #enqueue(call: Call): Promise<void> {
    return new Promise((resolve, reject) => {
      if (call.ended) return reject(call.signal.reason)
      const enter = (): void => {
        stop()
        resolve()
      }
      const stop = onCancel(call, (reason) => {
        this.#queue.delete(enter)
        reject(reason)
      })
      this.#queue.add(enter)
    })
  }

  #release(): void {
    this.#active--
    if (this.#places > this.#max) this.#places--
    else if (!this.#handOver()) this.#idleSince.push(this.runtime.clock.now())
  }

  #handOver(): boolean {
    const [next] = this.#queue
    if (next === undefined) return false
    this.#queue.delete(next)
    next()
    return true
  }

  #closeIdle(): void {
    const before = this.runtime.clock.now() - this.#keepAliveMs
    while (this.#places > this.#core && this.#idleSince[0] !== undefined && this.#idleSince[0] <= before) {
      this.#idleSince.shift()
      this.#places--
    }
  }

  #tell(type: BulkheadEvent['type']): void {
    if (this.events.heard) this.events.emit({ type, name: this.name, at: this.runtime.clock.now() })
  }
}

export function threadPoolBulkhead(name: string, config: ThreadPoolBulkheadConfig = {}, options: InstanceOptions = {}): ThreadPoolBulkhead {
  return new ThreadPoolBulkhead(name, config, options)
}

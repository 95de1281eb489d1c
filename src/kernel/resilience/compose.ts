import { callOf, type Call, type CallOptions, type Policy, type Task } from './call.ts'
import { errorTest, type ErrorClass } from './check.ts'
import type { ResultCache } from './result-cache.ts'

/** What a call may add to its chain; both stand outside all policies. */
export interface ExecuteOptions<T> extends CallOptions {
  /** Answers in place of an error (of these kinds, if kinds are given). */
  readonly fallback?: ((error: unknown) => T | PromiseLike<T>) | undefined
  readonly fallbackOn?: readonly ErrorClass[] | undefined
  /** The cache is asked first, and keeps what the chain answers; a fallback's answer is not kept. */
  readonly cache?: ResultCache<T> | undefined
  readonly cacheKey?: string | undefined
}

/** A chain of policies, itself a policy. */
export class Chain implements Policy {
  readonly #policies: readonly Policy[]

  constructor(policies: readonly Policy[]) {
    this.#policies = policies
  }

  run<T>(task: Task<T>, call: Call): Promise<T> {
    let next: Task<T> = task
    for (let i = this.#policies.length - 1; i > 0; i--) next = through(this.#policies[i]!, next)
    const outermost = this.#policies[0]
    return outermost === undefined ? startedBy(task, call) : outermost.run(next, call)
  }

  execute<T>(task: Task<T>, options?: ExecuteOptions<T>): Promise<T> {
    const call = callOf(options)
    if (options === undefined) return this.run(task, call)
    const { fallback, cache, cacheKey, fallbackOn } = options
    const answer = cache === undefined || cacheKey === undefined ? this.run(task, call) : cache.get(cacheKey, () => this.run(task, call))
    if (fallback === undefined) return answer
    const wanted = errorTest(undefined, fallbackOn)
    return answer.catch((error: unknown) => {
      if (wanted?.(error) === false) throw error
      return fallback(error)
    })
  }

  /** The same function under this chain. */
  decorate<A extends readonly unknown[], T>(fn: (...args: A) => T | PromiseLike<T>): (...args: A) => Promise<T> {
    return (...args) => this.execute(() => fn(...args))
  }
}

async function startedBy<T>(task: Task<T>, call: Call): Promise<T> {
  return task(call)
}

function through<T>(policy: Policy, task: Task<T>): Task<T> {
  return (call) => policy.run(task, call)
}

/** Your order: the first policy is the outermost. */
export function compose(...policies: readonly Policy[]): Chain {
  return new Chain(policies)
}

/** Resilience4j's order: Retry(CircuitBreaker(RateLimiter(TimeLimiter(Bulkhead(task))))), of those that are given. */
export function chain(policies: {
  readonly retry?: Policy | undefined
  readonly circuitBreaker?: Policy | undefined
  readonly rateLimiter?: Policy | undefined
  readonly timeLimiter?: Policy | undefined
  readonly bulkhead?: Policy | undefined
}): Chain {
  const { retry, circuitBreaker, rateLimiter, timeLimiter, bulkhead } = policies
  return new Chain([retry, circuitBreaker, rateLimiter, timeLimiter, bulkhead].filter((policy) => policy !== undefined))
}

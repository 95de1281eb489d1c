/** What a guarded function is told: a signal that ends when its result is no longer wanted, and which attempt this is (from 1). */
export interface Call {
  readonly signal: AbortSignal
  readonly attempt: number
  /** True once the caller itself, not a time limit, has given up. */
  readonly cancelled: boolean
}

export type Task<T> = (call: Call) => T | PromiseLike<T>

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

/** A pattern as a link of a chain: runs `task`, or refuses. */
export interface Policy {
  run<T>(task: Task<T>, call: Call): Promise<T>
}

const never: AbortSignal = new AbortController().signal

// The controller is made when somebody asks for the signal: it costs more than all the patterns of a call together.
class LinkedCall implements Call {
  readonly #parent: Call | undefined
  readonly #outer: AbortSignal | undefined
  readonly attempt: number
  #controller: AbortController | undefined
  #reason: unknown
  #ended = false
  #unlink: (() => void) | undefined

  constructor(parent: Call | undefined, outer: AbortSignal | undefined, attempt: number) {
    this.#parent = parent
    this.#outer = outer
    this.attempt = attempt
  }

  get cancelled(): boolean {
    return this.#parent === undefined ? this.#outer?.aborted === true : this.#parent.cancelled
  }

  get signal(): AbortSignal {
    if (this.#parent === undefined) return this.#outer ?? never
    if (this.#controller !== undefined) return this.#controller.signal
    const controller = (this.#controller = new AbortController())
    const { signal } = this.#parent
    if (this.#ended) controller.abort(this.#reason)
    else if (signal.aborted) controller.abort(signal.reason)
    else if (signal !== never) {
      const follow = (): void => controller.abort(signal.reason)
      signal.addEventListener('abort', follow, { once: true })
      this.#unlink = () => signal.removeEventListener('abort', follow)
    }
    return controller.signal
  }

  end(reason: unknown): void {
    this.#ended = true
    this.#reason = reason
    this.#controller?.abort(reason)
    this.release()
  }

  release(): void {
    this.#unlink?.()
    this.#unlink = undefined
  }
}

const plain: Call = new LinkedCall(undefined, undefined, 1)

/** The outermost call. */
export function callOf(options?: CallOptions): Call {
  return options?.signal === undefined ? plain : new LinkedCall(undefined, options.signal, 1)
}

/** A call within `parent` that can be ended on its own; `release()` when it is over, or it stays tied to the parent's signal. */
export function innerCall(parent: Call, attempt = parent.attempt): Call & { end(reason: unknown): void; release(): void } {
  return new LinkedCall(parent, undefined, attempt)
}

/** Calls `stop` when the caller gives up; hands back how to stop listening. Costs nothing for a call without a signal. */
export function onCancel(call: Call, stop: (reason: unknown) => void): () => void {
  if (call === plain) return () => {}
  const { signal } = call
  if (signal === never) return () => {}
  const listener = (): void => stop(signal.reason)
  signal.addEventListener('abort', listener, { once: true })
  return () => signal.removeEventListener('abort', listener)
}

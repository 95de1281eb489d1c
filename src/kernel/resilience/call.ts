/** What a guarded function is told: a signal that ends when its result is no longer wanted, and which attempt this is (from 1). */
export interface Call {
  readonly signal: AbortSignal
  readonly attempt: number
  /** True once the caller itself, not a time limit, has given up. */
  readonly cancelled: boolean
  /** True once nobody wants the result any more, for whatever reason. */
  readonly ended: boolean
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

  get ended(): boolean {
    return this.#ended || (this.#parent === undefined ? this.cancelled : this.#parent.ended)
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

class Attempt implements Call {
  readonly #call: Call
  readonly attempt: number

  constructor(call: Call, attempt: number) {
    this.#call = call
    this.attempt = attempt
  }

  get signal(): AbortSignal {
    return this.#call.signal
  }

  get cancelled(): boolean {
    return this.#call.cancelled
  }

  get ended(): boolean {
    return this.#call.ended
  }
}

/** The same call, tried again. */
export function attemptOf(call: Call, attempt: number): Call {
  return new Attempt(call, attempt)
}

/** A call within `parent` that can be ended on its own; `release()` when it is over, or it stays tied to the parent's signal. */
export function innerCall(parent: Call): Call & { end(reason: unknown): void; release(): void } {
  return new LinkedCall(parent, undefined, parent.attempt)
}

/** Calls `stop` when a call not yet ended ends; hands back how to stop listening. Costs nothing where there is no signal. */
export function onCancel(call: Call, stop: (reason: unknown) => void): () => void {
  if (call === plain) return () => {}
  const { signal } = call
  if (signal === never) return () => {}
  const listener = (): void => stop(signal.reason)
  signal.addEventListener('abort', listener, { once: true })
  return () => signal.removeEventListener('abort', listener)
}

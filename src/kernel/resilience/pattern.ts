import { callOf, type Call, type CallOptions, type Policy, type Task } from './call.ts'
import { EventStream, type PatternEvent } from './event-stream.ts'
import { runtimeOf, type InstanceOptions, type Runtime } from './runtime.ts'

/** What every pattern has: a name, labels, a runtime, a stream of events, and a way to run a task through it. */
export abstract class Pattern<E extends PatternEvent> implements Policy {
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  protected readonly runtime: Runtime
  protected readonly events: EventStream<E>

  constructor(name: string, eventNames: ReadonlySet<string>, options: InstanceOptions) {
    this.name = name
    this.tags = options.tags ?? {}
    this.runtime = runtimeOf(options)
    this.events = new EventStream(eventNames)
  }

  abstract run<T>(task: Task<T>, call: Call): Promise<T>

  /** Runs `task` under this pattern alone. */
  execute<T>(task: Task<T>, options?: CallOptions): Promise<T> {
    return this.run(task, callOf(options))
  }

  /** Hears one kind of event, or all as `event`; hands back how to stop. */
  on(event: string, listener: (event: E) => void): () => void {
    return this.events.on(event, listener)
  }
}

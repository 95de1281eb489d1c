import type { Output } from './builder.ts'
import type { EngineOptions, StreamOutput, StreamRecord } from './engine.ts'
import { StreamError } from './stream-error.ts'
import type { StreamState } from './stream-state.ts'
import { engineOf, snapshot, start, step, topology, type Topology } from './topology.ts'
import { viewOf, type View } from './view.ts'

export type TestDriver = {
  /** One record in, its outputs in order. With several input topics, name the topic: `pipe('payments', record)`. */
  pipe(record: StreamRecord): StreamOutput[]
  pipe(topic: string, record: StreamRecord): StreamOutput[]
  /** Records dropped so far, late ones once for each closed window: Kafka's dropped-records-total. */
  readonly droppedRecords: number
  /** Reads what was stored `{ as: name }`. */
  view(name: string): View
  /** Moves the clock that only the throttle of outer joins reads (`outerJoinEmitIntervalMs`). */
  advanceWallClock(ms: number): void
  snapshot(): string
  readonly state: StreamState
}

/** Runs a topology record by record, in memory, like Kafka's TopologyTestDriver: by default with caches that are flushed after each record. */
export function testDriver(of: Output | readonly Output[] | Topology, options: EngineOptions = {}): TestDriver {
  let state = start('shape' in of ? of : topology(of, options), options)
  function pipe(first: StreamRecord | string, second?: StreamRecord): StreamOutput[] {
    const [topic, record] = typeof first === 'string' ? [first, second] : [undefined, first]
    if (record === undefined) throw new StreamError('streams.bad_record', 'a record is { key, value, timestamp }')
    const [next, outputs] = step(state, record, topic)
    state = next
    return outputs
  }
  return {
    pipe,
    get droppedRecords() {
      return state.droppedRecords
    },
    view: (name) => viewOf(engineOf(state), name),
    advanceWallClock: (ms) => {
      engineOf(state).runtime.wallClockMs += ms
    },
    snapshot: () => snapshot(state),
    get state() {
      return state
    },
  }
}

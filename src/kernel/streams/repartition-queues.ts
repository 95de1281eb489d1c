import { StreamError } from './stream-error.ts'

/** Records that one input record may leave waiting between the parts of a topology. */
const MAX_WAITING = 1_000_000

export type Waiting = {
  readonly queue: number
  readonly key: unknown
  readonly value: unknown
  readonly old: unknown
  readonly timestamp: number
}

type Queue = { items: Waiting[]; next: number }

/**
 * Queues between the parts of a topology (Kafka's repartition topics). Of the queues that hold something, the one whose
 * first record is oldest goes next; ties follow the binary heap of java.util.PriorityQueue, as Kafka's PartitionGroup does.
 */
export class RepartitionQueues {
  readonly #queues: Queue[] = []
  readonly #heap: number[] = []
  #arrived: Waiting[] = []
  #waiting = 0

  open(): number {
    this.#queues.push({ items: [], next: 0 })
    return this.#queues.length - 1
  }

  /** Queued once the record that caused it is done: see `settle`. */
  add(waiting: Waiting): void {
    if (++this.#waiting > MAX_WAITING)
      throw new StreamError('streams.state_full', `one record must not cause more than ${MAX_WAITING} repartitioned ones`)
    this.#arrived.push(waiting)
  }

  get idle(): boolean {
    return this.#waiting === 0
  }

  settle(): void {
    if (this.#arrived.length === 0) return
    for (const waiting of this.#arrived) {
      const queue = this.#queues[waiting.queue]
      if (queue === undefined) continue
      queue.items.push(waiting)
      if (queue.items.length - queue.next === 1) this.#offer(waiting.queue)
    }
    this.#arrived = []
  }

  take(): Waiting | undefined {
    const first = this.#poll()
    const queue = first === undefined ? undefined : this.#queues[first]
    const waiting = queue?.items[queue.next]
    if (first === undefined || queue === undefined || waiting === undefined) return undefined
    queue.next += 1
    this.#waiting -= 1
    if (queue.next < queue.items.length) this.#offer(first)
    else {
      queue.items = []
      queue.next = 0
    }
    return waiting
  }

  /** Forgets what waits: the record that caused it is taken back. */
  clear(): void {
    for (const queue of this.#queues) {
      queue.items = []
      queue.next = 0
    }
    this.#heap.length = 0
    this.#arrived = []
    this.#waiting = 0
  }

  #time(queue: number): number {
    const found = this.#queues[queue]
    return found?.items[found.next]?.timestamp ?? 0
  }

  #offer(queue: number): void {
    let at = this.#heap.length
    this.#heap.push(queue)
    while (at > 0) {
      const parent = (at - 1) >>> 1
      const above = this.#heap[parent] ?? 0
      if (this.#time(queue) >= this.#time(above)) break
      this.#heap[at] = above
      at = parent
    }
    this.#heap[at] = queue
  }

  #poll(): number | undefined {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (first === undefined || last === undefined || this.#heap.length === 0) return first
    const half = this.#heap.length >>> 1
    let at = 0
    while (at < half) {
      let child = 2 * at + 1
      const right = this.#heap[child + 1]
      if (right !== undefined && this.#time(this.#heap[child] ?? 0) > this.#time(right)) child += 1
      const below = this.#heap[child] ?? 0
      if (this.#time(last) <= this.#time(below)) break
      this.#heap[at] = below
      at = child
    }
    this.#heap[at] = last
    return first
  }
}

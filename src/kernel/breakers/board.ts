import { type Clock, formatInstant } from '#kernel/clock'
import type { Pool } from '#kernel/db'
import { newId } from '#kernel/ids'
import { type Executor, system } from '#kernel/operations'
import type { BreakerState, CircuitBreaker, Resilience } from '#kernel/resilience'
import { type Move, noteMove } from './note-move.ts'
import { lastOrders, obey, type Order, stands } from './order.ts'

/** Another process's order is seen within this time; this process's at its commit. */
const lookMs = 1_000
const movesKept = 20
/** After an order was asked for here, each commit may be the one that holds it. */
const eagerMs = 2_000
/** Moves that wait to be announced; past that the oldest are only on the board. */
const movesWaitingMax = 200

export interface BoardOptions {
  readonly breakers: Resilience['circuitBreaker']
  readonly executor: Executor
  readonly pool: Pool
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

/** A change of state as the board remembers it. */
export interface Seen {
  readonly at: string
  readonly from: BreakerState
  readonly to: BreakerState
}

/** Every circuit breaker of this process by name: since when it is in its state, what people ordered, and what it did lately. */
export class BreakerBoard {
  readonly #options: BoardOptions
  readonly #since = new Map<string, string>()
  readonly #moves = new Map<string, readonly Seen[]>()
  readonly #orders = new Map<string, Order>()
  readonly #waiting: Move[] = []
  readonly #unwatch: (() => void)[] = []
  #telling: Promise<void> | undefined
  #looking: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #eagerUntil = 0

  constructor(options: BoardOptions) {
    this.#options = options
  }

  /** Obeys what is ordered and watches; before the first call goes out. */
  async start(): Promise<void> {
    const { breakers } = this.#options
    for (const breaker of breakers.all()) this.#watch(breaker)
    this.#unwatch.push(breakers.on(({ type, instance }) => (type === 'added' ? this.#greet(instance) : undefined)))
    await this.look()
    const again = (): void => {
      this.#timer = setTimeout(() => void this.look().catch(this.#options.onError).finally(again), lookMs).unref()
    }
    again()
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    for (const end of this.#unwatch.splice(0)) end()
    await this.#looking
    clearTimeout(this.#timer)
    await this.#telling
  }

  /** An order is about to be committed by this process. */
  expect(): void {
    this.#eagerUntil = performance.now() + eagerMs
  }

  /** Something was committed: perhaps an order that was expected. */
  wake(): void {
    if (performance.now() < this.#eagerUntil) void this.look().catch(this.#options.onError)
  }

  /** Reads the orders and obeys those that are new. */
  look(): Promise<void> {
    this.#looking ??= this.#options.pool
      .query<Order>(lastOrders)
      .then((orders) => this.obey(orders))
      .finally(() => (this.#looking = undefined))
    return this.#looking
  }

  /** Obeys the last order of each breaker, if it is newer than the one obeyed before. */
  obey(orders: readonly Order[]): void {
    for (const order of orders) {
      const before = this.#orders.get(order.breaker)
      if (before !== undefined && before.seq >= order.seq) continue
      this.#orders.set(order.breaker, order)
      const breaker = this.#options.breakers.find(order.breaker)
      if (breaker !== undefined) obey(breaker, order.action)
    }
  }

  find(name: string): CircuitBreaker | undefined {
    return this.#options.breakers.find(name)
  }

  all(): readonly CircuitBreaker[] {
    return [...this.#options.breakers.all()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  since(name: string): string {
    return this.#since.get(name) ?? this.#now()
  }

  /** The order that holds a breaker where it is, if one does. */
  standing(name: string): Order | undefined {
    const order = this.#orders.get(name)
    return order && stands(order) ? order : undefined
  }

  /** The last changes of state, newest first. */
  moves(name: string): readonly Seen[] {
    return this.#moves.get(name) ?? []
  }

  #now(): string {
    return formatInstant(this.#options.clock.now())
  }

  #greet(breaker: CircuitBreaker): void {
    this.#watch(breaker)
    const order = this.standing(breaker.name)
    if (order) obey(breaker, order.action)
  }

  #watch(breaker: CircuitBreaker): void {
    const { name } = breaker
    this.#since.set(name, this.#now())
    this.#unwatch.push(
      breaker.on('STATE_TRANSITION', ({ from, to }) => {
        if (from === undefined || to === undefined) return
        const at = this.#now()
        this.#since.set(name, at)
        this.#moves.set(name, [{ at, from, to }, ...this.moves(name)].slice(0, movesKept))
        if (this.#waiting.length >= movesWaitingMax) this.#waiting.shift()
        this.#waiting.push({ breaker: name, from, to })
        this.#telling ??= this.#tell().finally(() => (this.#telling = undefined))
      }),
    )
  }

  // One after the other, so that they are announced in the order they happened.
  async #tell(): Promise<void> {
    const { executor, onError } = this.#options
    for (let move = this.#waiting.shift(); move !== undefined; move = this.#waiting.shift())
      await executor.run(system('breakers'), newId('req'))(noteMove, move).catch(onError)
  }
}

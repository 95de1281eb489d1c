import type { Clock } from '#kernel/clock'
import { inTransaction, type Pool } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { newId } from '#kernel/ids'
import { type Executor, type Operation, permission, type Principal, type View } from '#kernel/operations'

/** The house that the demo runs in. */
export interface House {
  readonly executor: Executor
  readonly pool: Pool
  readonly clock: Clock
}

interface Asked {
  readonly input: unknown
  readonly key: string
}
interface Attempt extends Asked {
  readonly refusal: string
}

/** Asks as HTTP does: input judged by the operation's schema, the person's own grants, an idempotency key, the executor. */
export class Desk {
  readonly #house: House

  constructor(house: House) {
    this.#house = house
  }

  async ask<I, A>(who: Principal, operation: Operation<I, A>, { input, key }: Asked): Promise<A> {
    const judged = operation.spec.input.parse(input)
    return this.#house.executor.run(who, newId('req'))(operation, judged, { key: `demo:${key}` })
  }

  /** Asks for what may well be refused for this reason, and goes on either way. */
  async attempt<I, A>(who: Principal, operation: Operation<I, A>, { refusal, ...asked }: Attempt): Promise<void> {
    try {
      await this.ask(who, operation, asked)
    } catch (error) {
      if (!(error instanceof Fault && error.code === refusal)) throw error
    }
  }

  /** Reads a view from one snapshot; for staff, who may read everybody's. */
  async look<I, A>(who: Principal, view: View<I, A>, input: unknown): Promise<A> {
    if (permission(view.spec.may, who) !== true) throw new Fault('operations.forbidden', { operation: view.name })
    const { pool, clock } = this.#house
    return inTransaction(
      pool,
      async (connection) =>
        view.body({ read: (statement) => connection.query(statement), clock, principal: who }, view.spec.input.parse(input)),
      { readOnly: true },
    )
  }
}

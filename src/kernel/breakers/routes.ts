import { sql } from '#kernel/db'
import { emit } from '#kernel/events'
import { Fault } from '#kernel/faults'
import { type Route, route } from '#kernel/http'
import { operation, view } from '#kernel/operations'
import type { CircuitBreaker } from '#kernel/resilience'
import { z } from 'zod'
import type { BreakerBoard } from './board.ts'
import { breakerOrdered } from './events.ts'
import { actions, insertOrder, lastOrders, type Order } from './order.ts'

const ordersShown = 20
const Name = z.string().min(1).max(100)
const readers = ['admin', 'auditor'] as const

const OrderAnswer = z.strictObject({
  breaker: z.string(),
  action: z.enum(actions),
  reason: z.string(),
  person: z.string(),
  at: z.string(),
})

const State = z.enum(['CLOSED', 'OPEN', 'HALF_OPEN', 'FORCED_OPEN', 'DISABLED', 'METRICS_ONLY'])

const Breaker = z.strictObject({
  name: z.string(),
  state: State,
  since: z.string(),
  standing: OrderAnswer.nullable(),
  metrics: z.strictObject({
    failureRate: z.number(),
    slowCallRate: z.number(),
    bufferedCalls: z.int(),
    successfulCalls: z.int(),
    failedCalls: z.int(),
    slowCalls: z.int(),
    slowSuccessfulCalls: z.int(),
    slowFailedCalls: z.int(),
    notPermittedCalls: z.int(),
  }),
  config: z.strictObject({
    slidingWindowType: z.enum(['COUNT_BASED', 'TIME_BASED']),
    slidingWindowSize: z.int(),
    minimumNumberOfCalls: z.int(),
    failureRateThreshold: z.number(),
    slowCallRateThreshold: z.number(),
    slowCallDurationThresholdMs: z.number(),
    permittedNumberOfCallsInHalfOpenState: z.int(),
    waitDurationInOpenStateMs: z.number(),
    maxWaitDurationInHalfOpenStateMs: z.number(),
    automaticTransitionFromOpenToHalfOpenEnabled: z.boolean(),
  }),
})

const Detail = Breaker.extend({
  moves: z.array(z.strictObject({ at: z.string(), from: State, to: State })),
  orders: z.array(OrderAnswer),
})

function orderAnswer({ breaker, action, reason, person, at }: Omit<Order, 'seq'>): z.infer<typeof OrderAnswer> {
  return { breaker, action, reason, person, at }
}

function breakerAnswer(board: BreakerBoard, breaker: CircuitBreaker): z.infer<typeof Breaker> {
  const { name, state } = breaker
  const { config } = breaker
  const standing = board.standing(name)
  return {
    name,
    state,
    since: board.since(name),
    standing: standing ? orderAnswer(standing) : null,
    metrics: { ...breaker.metrics() },
    config: {
      slidingWindowType: config.slidingWindowType,
      slidingWindowSize: config.slidingWindowSize,
      minimumNumberOfCalls: config.minimumNumberOfCalls,
      failureRateThreshold: config.failureRateThreshold,
      slowCallRateThreshold: config.slowCallRateThreshold,
      slowCallDurationThresholdMs: config.slowCallDurationThresholdMs,
      permittedNumberOfCallsInHalfOpenState: config.permittedNumberOfCallsInHalfOpenState,
      waitDurationInOpenStateMs: config.waitInOpenMs(1),
      maxWaitDurationInHalfOpenStateMs: config.maxWaitDurationInHalfOpenStateMs,
      automaticTransitionFromOpenToHalfOpenEnabled: config.automaticTransitionFromOpenToHalfOpenEnabled,
    },
  }
}

function found(board: BreakerBoard, name: string): CircuitBreaker {
  const breaker = board.find(name)
  if (breaker === undefined) throw new Fault('breakers.unknown', { breaker: name })
  return breaker
}

/** Views of a board's breakers as they are in this process, and the order by which an administrator moves one. */
export function breakerRoutes(board: BreakerBoard): readonly Route[] {
  // A view obeys orders before it answers, so that it shows what was ordered a moment ago, even through another process.
  const list = view(
    'breakers.list',
    { summary: 'Circuit breakers', input: z.strictObject({}), answer: z.strictObject({ items: z.array(Breaker) }), may: readers },
    async ({ read }) => {
      board.obey(await read<Order>(lastOrders))
      return { items: board.all().map((breaker) => breakerAnswer(board, breaker)) }
    },
  )
  const one = view(
    'breakers.breaker',
    {
      summary: 'A circuit breaker, its last changes of state and orders',
      input: z.strictObject({ breaker: Name }),
      answer: Detail,
      may: readers,
      faults: ['breakers.unknown'],
    },
    async ({ read }, { breaker: name }) => {
      const breaker = found(board, name)
      board.obey(await read<Order>(lastOrders))
      const orders = await read<Order>(sql`
        select seq, breaker, action, reason, person, at from breakers.standing_order where breaker = ${name} order by seq desc limit ${ordersShown}`)
      return { ...breakerAnswer(board, breaker), moves: [...board.moves(name)], orders: orders.map(orderAnswer) }
    },
  )
  const order = operation(
    'breakers.order',
    {
      summary: 'Force a circuit breaker open, close, disable or reset it',
      input: z.strictObject({ breaker: Name, action: z.enum(actions), reason: z.string().trim().min(3).max(500) }),
      answer: OrderAnswer,
      status: 201,
      may: ['admin'],
      locks: ({ breaker }) => [`breaker:${breaker}`],
      object: ({ breaker }) => breaker,
      faults: ['breakers.unknown'],
    },
    ({ tx }, { breaker, action, reason }) => {
      found(board, breaker)
      board.expect()
      const { at, person } = tx.moment
      const given = { breaker, action, reason, person, at }
      insertOrder(tx, given)
      emit(tx, breakerOrdered, `breaker:${breaker}`, { breaker, action, reason, person })
      return given
    },
  )
  return [
    route('GET /api/v1/breakers', list),
    route('GET /api/v1/breakers/:breaker', one),
    route('POST /api/v1/breakers/:breaker/orders', order),
  ]
}

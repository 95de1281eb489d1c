import { type Clock, realClock } from '#kernel/clock'
import { Consumer } from '#kernel/events'
import { register } from '#kernel/identity'
import { SandboxClock, Scheduler, travel, Worker } from '#kernel/jobs'
import {
  Executor,
  type Operation,
  type OwnerRow,
  type Principal,
  refuseOthers,
  type Role,
  system,
  type View,
  permission,
} from '#kernel/operations'
import { Fault } from '#kernel/faults'
import { bindKeys, inTransaction } from '#kernel/db'
import { accept, apply, approve, deposit, lending, makeProduct } from '#systems/lending'
import { sandboxBureau } from '#gateways/bureau'
import type { TestDatabase } from './database.ts'
import { personalLoan } from './personal-loan.ts'

/** What a call came to: its status, and the answer or the problem. */
export interface Came<A> {
  readonly status: number
  readonly code: string | undefined
  readonly body: A & { readonly facts?: Readonly<Record<string, unknown>> }
  readonly text: string
}

type LoanId = `loan_${string}`
type PersonId = `person_${string}`

const zone = 'Asia/Kolkata'
const start = '2026-01-15T06:00:00Z'

/** Who is in the world. Asha runs it, Kiran decides on credit, Ravi keeps the desk, Anil audits; Meera and Dev borrow. */
const people = {
  asha: ['Asha Rao', 'admin'],
  kiran: ['Kiran Shah', 'credit_officer'],
  ravi: ['Ravi Kumar', 'cashier'],
  anil: ['Anil Bose', 'auditor'],
  meera: ['Meera Iyer', 'borrower', 'ABCPM0001K'],
  dev: ['Dev Nair', 'borrower', 'ABCPN0002L'],
  tara: ['Tara Sen', 'borrower', 'ABCPS0003M'],
} as const satisfies Record<string, readonly [string, Role, string?]>
export type Name = keyof typeof people

/** The running parts: executor, reactions, jobs and schedules on a clock that moves when told. */
async function machinery(db: TestDatabase, given: Partial<Parameters<typeof lending>[0]>) {
  const clock = await SandboxClock.resume(realClock(), db.pool, Date.parse(start))
  const consumers: Consumer[] = []
  const executor = new Executor({ pool: db.pool, clock, onCommit: () => consumers.forEach((one) => one.wake()) })
  const parts = lending({ bureau: sandboxBureau({ latencyMs: 1 }), ...given })
  const consumer = new Consumer({ name: 'lending', reactions: parts.reactions, executor, pool: db.pool })
  consumers.push(consumer)
  await consumer.start()
  const worker = new Worker({ jobs: parts.jobs, executor, pool: db.pool, clock })
  const scheduler = new Scheduler({ schedules: parts.schedules, executor, pool: db.pool, clock, zone })
  await scheduler.start()
  db.closing(async () => {
    await scheduler.stop()
    await executor.drain()
    await consumer.stop()
  })
  /** Everything that follows from what was done so far has happened: reactions, jobs, their reactions. */
  const settled = async (): Promise<void> => {
    await consumer.caughtUp()
    await worker.runDue()
    await consumer.caughtUp()
  }
  /** Moves business time to noon of a day, everything due on the way included. */
  const travelTo = (day: string): Promise<void> =>
    travel({ clock, scheduler, worker, settled: () => consumer.caughtUp(), zone }, Date.parse(`${day}T06:30:00Z`))
  return { db, clock, executor, parts, consumer, worker, scheduler, settled, travelTo }
}

/** Asking as somebody: operations through the executor, views in a snapshot of their own. */
function asking(db: TestDatabase, executor: Executor, clock: Clock) {
  let asked = 0
  const ask = async <I, A>(who: Principal, operation: Operation<I, A>, input: NoInfer<I>, key = `key-${++asked}`): Promise<Came<A>> => {
    const reply = await executor.submit({ operation, input, principal: who, key, requestId: `req_${asked}` })
    if (reply.error !== undefined) throw reply.error
    return { status: reply.status, code: reply.fault, body: JSON.parse(reply.body) as Came<A>['body'], text: reply.body }
  }
  const look = async <I, A>(who: Principal, view: View<I, A>, input: unknown): Promise<A> => {
    const allowed = permission(view.spec.may, who)
    if (allowed === false) throw new Fault('operations.forbidden', { operation: view.name })
    const judged = view.spec.input.parse(input)
    return inTransaction(
      db.pool,
      async (connection) => {
        if (allowed !== true)
          await refuseOthers(allowed, { input: judged, principal: who }, (named) =>
            connection.query<OwnerRow>(bindKeys(allowed.statement, named)),
          )
        return view.body({ read: (statement) => connection.query(statement), clock, principal: who }, judged)
      },
      { readOnly: true },
    )
  }
  return { ask, look }
}

/** A company in a test's own database, with everything in it made by the real operations. */
export async function world(db: TestDatabase, given: Partial<Parameters<typeof lending>[0]> = {}) {
  const machine = await machinery(db, given)
  const { ask, look } = asking(db, machine.executor, machine.clock)
  const asSystem = machine.executor.run(system('test.world'), 'req_world')
  const cast: Record<string, Principal> = {}
  for (const [at, [name, [full, role, pan]]] of Object.entries(people).entries()) {
    const made = await asSystem(register, { name: full, phone: `+9198450000${10 + at}`, ...(pan === undefined ? {} : { pan }) })
    cast[name] = { id: made.id, name: full, kind: 'person', roles: [role] }
  }
  const who = cast as Readonly<Record<Name, Principal>>

  const product = (change: object = {}) => ask(who.asha, makeProduct, makeProduct.spec.input.parse({ ...personalLoan, ...change }))
  /** An application of a borrower's own for a lakh over a year, judged by the scorecard. */
  const application = async (borrower: Name, product: string, change: object = {}): Promise<LoanId> => {
    const wanted = { person: who[borrower].id, product, principal: 10_000_000, currency: 'INR', instalments: 12, ...change }
    const { body } = await ask(who[borrower], apply, apply.spec.input.parse(wanted))
    await machine.settled()
    return body.id as LoanId
  }
  /** A loan that was applied for, approved where it must be, accepted, and disbursed. */
  const activeLoan = async (borrower: Name, product: string, change: object = {}): Promise<LoanId> => {
    const loan = await application(borrower, product, change)
    if (borrower !== 'meera') await ask(who.kiran, approve, { loan })
    await ask(who[borrower], accept, { loan })
    await machine.settled()
    return loan
  }
  let slips = 0
  const paidIn = (borrower: Name, amount: number) =>
    ask(who.ravi, deposit, { person: who[borrower].id as PersonId, payment: `slip-${++slips}`, amount, currency: 'INR' })
  return { ...machine, who, ask, look, asSystem, product, application, activeLoan, paidIn }
}
export type World = Awaited<ReturnType<typeof world>>

import type { Clock } from '#kernel/clock'
import type { Sql } from '#kernel/db'
import type { Tx } from '#kernel/tx'
import type { z } from 'zod'
import { checkGrants, type Grant, type Principal } from './principal.ts'

/** `run(operation, input, { key })` inside a transaction that is already open: same grants, audit and idempotency, same commit. */
export type Run = <I, A>(operation: Operation<I, A>, input: I, options?: { readonly key?: string }) => Promise<A>

/** What `prepare` is given: reads outside any transaction, and operations run on their own. */
export interface PrepareContext {
  readonly read: FreeSql
  readonly clock: Clock
  readonly principal: Principal
  readonly submit: Run
}

/** What an operation's body is given. */
export interface Context<P = undefined> {
  readonly tx: Tx
  readonly prepared: P
  readonly clock: Clock
  readonly principal: Principal
  readonly run: Run
}

/** A context whose `tx` may also run SQL of its own: only for operations declared `alone: true`. */
export interface AloneContext<P = undefined> extends Omit<Context<P>, 'tx'> {
  readonly tx: Tx & FreeSql
}
export type FreeSql = <Row extends object = Record<string, unknown>>(statement: Sql) => Promise<readonly Row[]>

interface Declared<I, A> {
  readonly summary: string
  readonly input: z.ZodType<I>
  readonly answer: z.ZodType<A>
  // The input is what the schema says: grants do not narrow them.
  readonly may: readonly Grant<NoInfer<I>>[]
  readonly faults?: readonly string[]
  /** Fields of the input that never reach log or audit, as dotted paths. */
  readonly secret?: readonly string[]
}

/** How an operation is declared. `moves: 'value'` makes an Idempotency-Key required. */
export interface OperationSpec<I, A, P = undefined> extends Declared<I, A> {
  readonly moves?: 'value'
  /** What two calls must not touch at the same time inside one process, e.g. `[input.loan]`: names, sorted by nobody. */
  locks?(input: I, principal: Principal): readonly string[]
  /** The object of the audit record, e.g. the loan's id; by default the answer's `id`, and of a refusal what the address names first. */
  object?(input: I, answer: A | undefined): string | undefined
  readonly alone?: boolean
  /** HTTP status of success; 201 where something new comes to be. */
  readonly status?: 200 | 201
  /**
   * Slow work before any transaction: hashing, a provider's answer. What it gives reaches the body as `prepared`; what it throws refuses.
   * It runs again if the call is sent again, so it must change nothing, except through operations of its own.
   */
  prepare?(context: PrepareContext, input: I): Promise<P>
  /** Fields of the answer that are not stored for a replay, e.g. a token: a replay shows them as null. */
  readonly once?: readonly string[]
}

/** A change someone asks for; runs once per idempotency key, in one transaction, grouped with others. */
export interface Operation<I = unknown, A = unknown> {
  readonly kind: 'operation'
  readonly name: string
  readonly spec: OperationSpec<I, A, unknown>
  body(context: Context<unknown>, input: I): Promise<A> | A
}

const declared = new Map<string, Operation>()

/** Every operation declared so far, sorted by name, also those that have no address: the source of the generated reference. */
export function operationCatalogue(): readonly Operation[] {
  return [...declared.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Declares an operation; `body` reads top to bottom: lock, refuse, compute, write, announce, answer. */
export function operation<I, A, P = undefined>(
  name: string,
  spec: OperationSpec<I, A, P> & { readonly alone: true },
  body: (context: AloneContext<P>, input: I) => Promise<A> | A,
): Operation<I, A>
export function operation<I, A, P = undefined>(
  name: string,
  spec: OperationSpec<I, A, P>,
  body: (context: Context<P>, input: I) => Promise<A> | A,
): Operation<I, A>
export function operation<I, A, P>(
  name: string,
  spec: OperationSpec<I, A, P>,
  body: (context: AloneContext<P>, input: I) => Promise<A> | A,
): Operation<I, A> {
  checkName(name)
  checkGrants(name, spec.may)
  // An `alone` body is only ever given an AloneContext, and each body what its own `prepare` gave: the executor sees to both.
  const made: Operation<I, A> = { kind: 'operation', name, spec, body }
  declared.set(name, made)
  return made
}

/** What a view's body is given: a read-only snapshot. */
export interface ViewContext {
  readonly read: FreeSql
  readonly clock: Clock
  readonly principal: Principal
}

export interface ViewSpec<I, A> extends Omit<Declared<I, A>, 'may'> {
  /** Asked with POST because its input is large; it computes from that alone and reads nothing, so no transaction is opened for it. */
  readonly post?: true
  readonly may: readonly Grant<NoInfer<I>>[]
}

/** An answer, read only. */
export interface View<I = unknown, A = unknown> {
  readonly kind: 'view'
  readonly name: string
  readonly spec: ViewSpec<I, A>
  body(context: ViewContext, input: I): Promise<A> | A
}

export function view<I, A>(name: string, spec: ViewSpec<I, A>, body: (context: ViewContext, input: I) => Promise<A> | A): View<I, A> {
  checkName(name)
  checkGrants(name, spec.may)
  return { kind: 'view', name, spec, body }
}

function checkName(name: string): void {
  if (!/^[a-z]+(\.[a-z_]+)$/.test(name)) throw new Error(`'${name}' is not of the form module.verb`)
}

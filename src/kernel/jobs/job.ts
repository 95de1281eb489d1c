import { bindRows, rows, sql } from '#kernel/db'
import { newId } from '#kernel/ids'
import type { Clock } from '#kernel/clock'
import type { AloneContext, FreeSql } from '#kernel/operations'
import { type Tx, writeOf, type Wrote } from '#kernel/tx'
import type { z } from 'zod'
import type { WorkPool } from './work-pool.ts'

/** What a job's `work` is given: reads outside any transaction, and a signal that says when its time is up. */
export interface WorkContext {
  readonly read: FreeSql
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Which try this is, from 1. */
  readonly attempt: number
}

export interface JobSpec<I> {
  readonly input: z.ZodType<I>
  /** Tries in all, 3 unless said. */
  readonly attempts?: number
  /** Seconds of business time before the next try; doubles each time, up to an hour. */
  readonly backoffS?: number
  /** A try is given up after this long. */
  readonly timeoutMs?: number
  /** Where `work` runs; jobs without one share a pool. */
  readonly pool?: WorkPool
}

/** How a job goes: slow work outside, then its effects in the transaction that ends it. */
export interface JobBody<I, R> {
  work(context: WorkContext, input: I): Promise<R>
  done(context: AloneContext, input: I, result: R): Promise<void> | void
  /** After the last try failed. Without it the job stays failed, for a person to look at. */
  gaveUp?(context: AloneContext, input: I, error: unknown): Promise<void> | void
}

/** Work that an operation asks for and that is done after its commit, once, through crashes. */
export interface Job<I = unknown> {
  readonly name: string
  readonly spec: JobSpec<I>
  readonly body: JobBody<I, unknown>
}

export function job<I, R>(name: string, spec: JobSpec<I>, body: JobBody<I, R>): Job<I> {
  if (!/^[a-z]+\.[a-z_]+$/.test(name)) throw new Error(`job '${name}' is not of the form module.what_it_does`)
  return { name, spec, body }
}

const insert = sql`
  insert into jobs.job (id, name, input, behalf, due_at, asked_at) select id, name, input, behalf, due_at, asked_at
  from ${rows({ id: 'text', name: 'text', input: 'text', behalf: 'text', due_at: 'timestamptz', asked_at: 'timestamptz' })} x`
const asking = writeOf<{ id: string; name: string; input: string; behalf: string; due_at: string; asked_at: string }>((asked) => [
  bindRows(insert, asked),
])

/** Whether a transaction asked for jobs. */
export function askedForJobs(wrote: Wrote): boolean {
  return wrote.has(asking)
}

/** Asks for a job within the transaction: it is there if and only if the operation is. `at` (ISO instant, business time) delays it. */
export function enqueue<I>(tx: Tx, asked: Pick<Job<I>, 'name'>, input: I, options: { readonly at?: string } = {}): string {
  const id = newId('job')
  const { at, person } = tx.moment
  tx.write(asking, { id, name: asked.name, input: JSON.stringify(input), behalf: person, due_at: options.at ?? at, asked_at: at })
  return id
}

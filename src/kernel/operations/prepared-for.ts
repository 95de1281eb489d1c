import type { Clock } from '#kernel/clock'
import { bindKeys, type Pool } from '#kernel/db'
import type { Call } from './call.ts'
import type { PrepareContext } from './operation.ts'
import { type Owner, type OwnerRow, refuseOthers } from './principal.ts'

interface Given {
  readonly pool: Pool
  readonly clock: Clock
  readonly submit: PrepareContext['submit']
}

/** What an operation prepares before its transaction; first whose the object is: another's is absent, whatever else is wrong with the call. */
export async function preparedFor(
  { operation, input, principal }: Call,
  allowed: true | Owner<unknown> | undefined,
  given: Given,
): Promise<unknown> {
  const { pool, clock, submit } = given
  if (typeof allowed === 'object')
    await refuseOthers(allowed, { input, principal }, (named) => pool.query<OwnerRow>(bindKeys(allowed.statement, named)))
  return operation.spec.prepare?.({ read: (statement) => pool.query(statement), clock, principal, submit }, input)
}

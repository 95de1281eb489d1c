import type { Sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { type Gathering, rowsByKey } from '#kernel/tx'

/** What a person may be. `borrower` sees only what is theirs; `auditor` reads all and changes nothing. */
export const roles = ['admin', 'credit_officer', 'cashier', 'auditor', 'borrower'] as const
export type Role = (typeof roles)[number]

/** Who asks: a person with a session, nobody in particular (`public`), or Holdfast itself (a reaction, job or schedule). */
export interface Principal {
  readonly id: string
  readonly name: string
  readonly kind: 'person' | 'public' | 'system'
  readonly roles: readonly Role[]
  /** For Holdfast's own work: the person whose change it follows from. */
  readonly behalf?: string
  /** The session it came through, for a person. */
  readonly session?: string
}

export const nobody: Principal = { id: 'public', name: 'public', kind: 'public', roles: [] }

/** Holdfast acting for itself, named after what acts: `system:lending.disburse_on_accepted`. */
export function system(name: string, behalf?: string): Principal {
  return { id: `system:${name}`, name, kind: 'system', roles: [], ...(behalf ? { behalf } : {}) }
}

/**
 * Whose objects are: `find` selects (id, owner) by keys, a row for each owner if there are several; `named` tells which the input names, one
 * or more. Unless each of them is the caller's, perhaps beside others, it is refused with `fault` (404): absent and another's look alike.
 */
export interface Owner<I> {
  readonly fault: string
  readonly find: Gathering<string, readonly OwnerRow[], readonly OwnerRow[]>
  readonly statement: Sql
  named(input: I): string | readonly string[]
}
export interface OwnerRow {
  readonly id: string
  readonly owner: string | null
}

/** Refuses an input that names an object which isn't the caller's, or none at all; `find` gives the owners of all that are named. */
export async function refuseOthers<I>(
  owner: Owner<I>,
  { input, principal }: { readonly input: I; readonly principal: Principal },
  find: (named: readonly string[]) => Promise<readonly OwnerRow[]>,
): Promise<void> {
  const named = [owner.named(input)].flat()
  const found = named.length === 0 ? [] : await find(named)
  const own = new Set(found.filter((row) => row.owner === principal.id).map(({ id }) => id))
  const other = named.length === 0 ? '' : named.find((id) => !own.has(id))
  if (other !== undefined) throw new Fault(owner.fault, { id: other })
}

/**
 * Declares how to find the owners of what an input names:
 * `ownerOf('lending.loan_unknown', sql`select id, person as owner from … any(${keys('text')})`, (i) => i.loan)`.
 */
export function ownerOf<I>(fault: string, statement: Sql, named: Owner<I>['named']): Owner<I> {
  return { fault, statement, named, find: rowsByKey<OwnerRow>(statement, 'id') }
}

/** A grant on one's own objects only. */
export interface Own<I> {
  readonly role: Role | 'signed_in'
  readonly owner: Owner<I>
}

/** Who may: a role; `own(role, owner)`; `signed_in`, whoever has a session, even without a role; `system` for Holdfast itself; `anyone` without a login. */
export type Grant<I> = Role | 'signed_in' | 'system' | 'anyone' | Own<I>

export function own<I>(role: Own<I>['role'], owner: Owner<I>): Own<I> {
  return { role, owner }
}

/** Throws unless all grants of own objects name the same owner: with two, which of them counts would depend on who asks. */
export function checkGrants<I>(name: string, may: readonly Grant<I>[]): void {
  const owners = new Set(may.flatMap((grant) => (typeof grant === 'string' ? [] : [grant.owner])))
  if (owners.size > 1) throw new Error(`${name} grants own objects by two owners: let one find all that its input names`)
}

/** `true`: by role alone; an owner: if the object is theirs; `false`: never. */
export function permission<I>(may: readonly Grant<I>[], principal: Principal): boolean | Owner<I> {
  let owned: Owner<I> | false = false
  for (const grant of may) {
    if (grant === 'anyone') return true
    if (typeof grant !== 'string') {
      if (is(principal, grant.role)) owned = grant.owner
    } else if (is(principal, grant)) return true
  }
  return owned
}

function is({ kind, roles: held }: Principal, who: Role | 'signed_in' | 'system'): boolean {
  if (who === 'system') return kind === 'system'
  return who === 'signed_in' ? kind === 'person' : held.includes(who)
}

import type { Sql } from '#kernel/db'
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
 * Whose an object is: `find` selects (id, owner) by keys, a row for each owner if there are several; `key` names the object in the
 * input. An object that is absent or another's is refused with `fault` (404), so that the two look alike.
 */
export interface Owner<I> {
  readonly fault: string
  readonly find: Gathering<string, readonly OwnerRow[], readonly OwnerRow[]>
  readonly statement: Sql
  key(input: I): string
}
export interface OwnerRow {
  readonly id: string
  readonly owner: string | null
}

/** Whether an object whose owners were found belongs to somebody, perhaps beside others. */
export function isOwner(found: readonly OwnerRow[], { id }: Principal): boolean {
  return found.some(({ owner }) => owner === id)
}

/** Declares how to find an object's owner: `ownerOf('lending.loan_unknown', sql`select id, person as owner from … any(${keys('text')})`, (i) => i.loan)`. */
export function ownerOf<I>(fault: string, statement: Sql, key: (input: I) => string): Owner<I> {
  return { fault, statement, key, find: rowsByKey<OwnerRow>(statement, 'id') }
}

/** A grant on one's own objects only. */
export interface Own<I> {
  readonly role: Role
  readonly owner: Owner<I>
}

/** Who may: a role; `own(role, owner)`; `system` for Holdfast itself; `anyone` without a login. */
export type Grant<I> = Role | 'system' | 'anyone' | Own<I>

export function own<I>(role: Role, owner: Owner<I>): Own<I> {
  return { role, owner }
}

/** `true`: by role alone; an owner: if the object is theirs; `false`: never. */
export function permission<I>(may: readonly Grant<I>[], principal: Principal): boolean | Owner<I> {
  let owned: Owner<I> | false = false
  for (const grant of may) {
    if (grant === 'anyone') return true
    if (grant === 'system') {
      if (principal.kind === 'system') return true
    } else if (typeof grant === 'string') {
      if (principal.roles.includes(grant)) return true
    } else if (principal.roles.includes(grant.role)) owned = grant.owner
  }
  return owned
}

import { keyFaults, ownFaults, type Route } from '#kernel/http'
import { nobody, permission, type Principal } from '#kernel/operations'
import { requestOf, sampleInput, type Values } from '#test/sample-input'
import type { Stage } from './stage.ts'
import { password, type Who, type Whole } from './whole-program.ts'

/** Whose the object is that a call names: the caller's (or, where nobody owns, one that is there), somebody else's, nobody's. */
export const variants = ['own', 'other', 'absent'] as const
export type Variant = (typeof variants)[number]

/** Fields that name an object. A route without one has a single cell for a role. */
const objects = ['person', 'loan', 'repayment', 'product', 'account', 'transfer', 'hold', 'letter', 'breaker'] as const

/** What must come of a call, read off the declarations. */
export type Expected =
  | { readonly refused: readonly [status: number, code: string] }
  | { readonly found: boolean; readonly statuses: readonly number[]; readonly codes: readonly string[] }

export interface Cell {
  readonly route: Route
  readonly who: Who | null
  readonly variant: Variant
  readonly expected: Expected
  readonly asked: { readonly target: string; readonly body?: unknown; readonly key?: string }
  /** The ids that were asked for: an absent object's refusal may differ in them alone. */
  readonly ids: readonly string[]
}

const ofZeros = (prefix: string): string => `${prefix}_${'0'.repeat(26)}`

/** Every role × every route × own, another's and absent object, with what the grants say must come of it. */
export function cellsOf(whole: Whole, stage: Stage): readonly Cell[] {
  let calls = 0
  const people: readonly (Who | null)[] = [null, 'admin', 'credit_officer', 'cashier', 'auditor', 'borrower']
  return whole.running.routes.flatMap((route) =>
    people.flatMap((who) =>
      variants.flatMap((variant): Cell[] => {
        const values = valuesFor({ whole, stage, route, who, variant, call: ++calls })
        const input = sampleInput(route, values)
        const named = route.target.name === 'seal.proofs' ? ['id'] : objects.filter((field) => field in input)
        if (named.length === 0 && variant !== 'own') return []
        const asked = { ...requestOf(route, input), key: `cell-${calls}` }
        return [
          {
            route,
            who,
            variant,
            expected: expectedOf(route, principalOf(whole, who), variant),
            asked,
            ids: named.map((field) => String(input[field])),
          },
        ]
      }),
    ),
  )
}

function principalOf({ players }: Whole, who: Who | null): Principal {
  if (who === null) return nobody
  const { id, role } = players[who]
  return { id, name: who, kind: 'person', roles: [role] }
}

function expectedOf({ target }: Route, principal: Principal, variant: Variant): Expected {
  const open = target.spec.may.includes('anyone')
  if (principal.kind === 'public' && !open) return { refused: [401, 'http.not_authenticated'] }
  const allowed = permission(target.spec.may, principal)
  if (allowed === false) return { refused: [403, 'operations.forbidden'] }
  if (allowed !== true && variant !== 'own') return { refused: [404, allowed.fault] }
  const found = variant !== 'absent'
  const codes = [...ownFaults(target), ...(target.kind === 'operation' && target.spec.moves ? keyFaults : [])]
  return { found, statuses: [target.kind === 'operation' ? (target.spec.status ?? 200) : 200], codes }
}

interface Asking {
  readonly whole: Whole
  readonly stage: Stage
  readonly route: Route
  readonly who: Who | null
  readonly variant: Variant
  readonly call: number
}

function valuesFor({ whole, stage, route, who, variant, call }: Asking): Values {
  const { players } = whole
  const mine =
    who !== null &&
    route.target.spec.may.some((grant) => typeof grant !== 'string' && ['signed_in', players[who].role].includes(grant.role))
  const owner = mine && who !== null ? who : 'borrower'
  const { receipt, wallet, ...belongings } = stage.of[variant === 'other' ? 'dev' : 'borrower']
  const there = {
    person: players[variant === 'other' ? 'dev' : owner].id,
    ...belongings,
    product: stage.product,
    account: stage.account,
    transfer: stage.transfer,
    hold: stage.hold,
    letter: stage.letter,
    breaker: stage.breaker,
    'seal.proofs.id': stage.transfer,
    'seal.receipt.transfer': receipt,
    'ledger.account.account': wallet,
  }
  const absent = Object.fromEntries(Object.keys(there).map((field) => [field, ofZeros(field.split('.').at(-1) ?? field)]))
  return { ...fixed(stage, call), ...(variant === 'absent' ? { ...absent, 'seal.proofs.id': ofZeros('transfer') } : there) }
}

/** Values that are valid whoever asks for whatever. */
function fixed(stage: Stage, call: number): Values {
  return {
    name: 'Sample',
    phone: `+9170000${10_000 + call}`,
    login: `sample${call}`,
    password: 'Sun over the Deccan',
    'identity.sign_in.login': 'nobody.at.all',
    currentPassword: password,
    newPassword: 'Clouds over Nagpur',
    reason: 'asked by a test',
    key: `cell-${call}`,
    payment: `cell-${call}`,
    currency: 'INR',
    unit: 'INR',
    principal: 2_000_000,
    instalments: 6,
    'lending.make_product.principal': { min: 1_000_000, max: 2_000_000 },
    'lending.make_product.instalments': { min: 3, max: 12 },
    annualRate: '15',
    rounding: { instalment: 'paisa', residue: 'last' },
    disbursedOn: '2026-01-15',
    firstDueOn: '2026-02-15',
    legs: [
      { account: stage.account, amount: 5, unit: 'INR' },
      { account: stage.other, amount: -5, unit: 'INR' },
    ],
    'ledger.open_account.id': `cell:${call}`,
    'ledger.hold.to': stage.other,
    'jobs.move_clock.to': '2026-01-15T06:00:00Z',
    expiresAt: '2099-01-01T00:00:00Z',
    stream: 'transfer',
    second: 2,
  }
}

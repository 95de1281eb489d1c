import type { Fields, Row } from '#kernel/predicate'
import { indexOf } from './bitmap-index.ts'
import { explainDecision, type DecisionExplanation } from './explain.ts'
import { hashOf } from './hash.ts'
import { aggregate } from './outcome.ts'
import { PolicyError } from './policy-error.ts'
import { type Rule, rulesOf } from './rules.ts'
import type { HitPolicy, Outcome, Table } from './table.ts'

/** What a table decides: the ids of the rows that hold (the winning one for `first`), and what follows. */
export type Decision = {
  readonly rows: readonly string[]
  /** The winning row's outcome, or the sum, least or greatest; null where no row holds, and for `collect`. */
  readonly outcome: Outcome | null
  /** The outcomes of `rows`, in the order of the table. */
  readonly outcomes: readonly Outcome[]
  /** True where a `unique` table has several rows that hold; then there is no outcome. */
  readonly conflict: boolean
}

/** A compiled table. */
export type Policy = {
  readonly name: string
  readonly hit: HitPolicy
  /** SHA-256 of the table in settled form: the version. */
  readonly hash: string
  /** Decides for a row of any shape; `day` (ISO) is needed by a table with dates and read by no other. */
  readonly decide: (row: Row, day?: string) => Decision
  readonly explain: (row: Row, day?: string) => DecisionExplanation
}

const undated = ''

/**
 * Compiles a table against declared fields into an index over its rows. A row holds where each of its cells is true;
 * unknown is not. Throws a PolicyError that names row and column for whatever cannot be read.
 */
export function compileTable(table: Table, fields: Fields): Policy {
  const rules = rulesOf(table, fields)
  const isDated = rules.some((rule) => rule.from !== null || rule.to !== null)
  const dayOf = (day: string | undefined): string => {
    if (isDated && day === undefined) throw new PolicyError(`table ${table.name} has dates and was asked for no day`)
    return day ?? undated
  }
  const decided = deciderOf(table.hit, rules)
  const decide = (row: Row, day?: string): Decision => decided(row, dayOf(day))
  return {
    name: table.name,
    hit: table.hit,
    hash: hashOf(table),
    decide,
    explain: (row, day) => explainDecision({ table, rules, row, day: dayOf(day), decision: decide(row, day) }),
  }
}

function deciderOf(hit: HitPolicy, rules: readonly Rule[]): (row: Row, day: string) => Decision {
  const index = indexOf(rules)
  const singles = rules.map((rule): Decision => ({ rows: [rule.id], outcome: rule.outcome, outcomes: [rule.outcome], conflict: false }))
  const none: Decision = { rows: [], outcome: null, outcomes: [], conflict: false }
  const isWhole = rules.every((rule) => rule.rest.length === 0)
  if (hit === 'first' && isWhole) return (row, day) => singles[index.lowest(row, day)] ?? none
  if (hit === 'first') return firstWithRest(index, rules, { singles, none })
  return (row, day) => {
    const held: number[] = []
    index.scan(row, day, (rule) => {
      if (holdsRest(rules[rule] as Rule, row)) held.push(rule)
      return false
    })
    return held.length === 0 ? none : combined(hit, rules, { held, singles })
  }
}

function firstWithRest(
  index: ReturnType<typeof indexOf>,
  rules: readonly Rule[],
  known: { readonly singles: readonly Decision[]; readonly none: Decision },
): (row: Row, day: string) => Decision {
  return (row, day) => {
    let decision = known.none
    index.scan(row, day, (rule) => {
      if (!holdsRest(rules[rule] as Rule, row)) return false
      decision = known.singles[rule] as Decision
      return true
    })
    return decision
  }
}

function holdsRest(rule: Rule, row: Row): boolean {
  for (const test of rule.rest) if (test(row) !== true) return false
  return true
}

type Held = { readonly held: readonly number[]; readonly singles: readonly Decision[] }

function combined(hit: Exclude<HitPolicy, 'first'>, rules: readonly Rule[], { held, singles }: Held): Decision {
  if (hit === 'unique' && held.length === 1) return singles[held[0] as number] as Decision
  const holding = held.map((rule) => rules[rule] as Rule)
  const outcomes = holding.map((rule) => rule.outcome)
  const outcome = hit === 'unique' || hit === 'collect' ? null : aggregate(hit, outcomes)
  return { rows: holding.map((rule) => rule.id), outcome, outcomes, conflict: hit === 'unique' }
}

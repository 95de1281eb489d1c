import { addDays, addMonths, daysBetween } from '#kernel/money'

/** What a loan was made from, as its product and its disbursal say. */
export interface Lent {
  readonly principal: bigint
  readonly annualRate: string
  readonly instalments: number
  readonly method: 'emi' | 'flat' | 'equal_principal' | 'bullet'
  readonly dayCount: 'per_period' | 'act/365' | 'act/360'
  readonly rounding: 'paisa' | 'rupee_nearest' | 'rupee_up'
  readonly latePerDay: string
  readonly disbursedOn: string
}
export interface Paid {
  readonly on: string
  readonly amount: bigint
  readonly excess: 'wallet' | 'prepay'
}
export interface OracleRow {
  readonly number: number
  readonly dueOn: string
  readonly principal: bigint
  readonly interest: bigint
  paidPrincipal: bigint
  paidInterest: bigint
  paidOn: string | null
}
/** A loan on a day, day by day from its beginning. */
export interface Stood {
  readonly rows: readonly OracleRow[]
  readonly lateCharge: bigint
  readonly latePaid: bigint
  readonly toWallet: bigint
  readonly npa: boolean
  readonly closedOn: string | null
}

/** Halves up. */
export const half = (n: bigint, d: bigint): bigint => (2n * n + d) / (2n * d)
const percent = (text: string): readonly [bigint, bigint] => {
  const [whole = '', decimals = ''] = text.split('.')
  return [BigInt(whole + decimals), 100n * 10n ** BigInt(decimals.length)]
}
const rounded = (n: bigint, d: bigint, { rounding }: Lent): bigint => {
  if (rounding === 'paisa') return half(n, d)
  return rounding === 'rupee_nearest' ? half(n, d * 100n) * 100n : ((n + 100n * d - 1n) / (100n * d)) * 100n
}

/** What stays level from row to row: the whole instalment, or the principal's part of it. */
const levelOf = (lent: Lent): bigint => {
  const [rate, hundred] = percent(lent.annualRate)
  const [n, d, count] = [rate, hundred * 12n, BigInt(lent.instalments)]
  if (lent.method === 'flat') return rounded(lent.principal * (d + count * n), count * d, lent)
  if (lent.method === 'equal_principal' || rate === 0n) return rounded(lent.principal, count, lent)
  const [grown, one] = [(d + n) ** count, d ** count]
  return rounded(lent.principal * n * grown, d * (grown - one), lent)
}

/** The rows from a number on, were so much owed then. */
const rowsFrom = (lent: Lent, first: number, owed: bigint): OracleRow[] => {
  const [rate, hundred] = percent(lent.annualRate)
  const level = levelOf(lent)
  const rows: OracleRow[] = []
  let opening = owed
  for (let number = first; number <= lent.instalments && opening > 0n; number += 1) {
    const [from, dueOn] = [addMonths(lent.disbursedOn, number - 1), addMonths(lent.disbursedOn, number)]
    const bearing = lent.method === 'flat' ? lent.principal : opening
    const [part, whole] =
      lent.dayCount === 'per_period' || lent.method === 'flat'
        ? [1n, 12n]
        : [BigInt(daysBetween(from, dueOn)), BigInt(lent.dayCount.slice(4))]
    const interest = half(bearing * rate * part, hundred * whole)
    const wanted = { emi: level - interest, flat: level - interest, equal_principal: level, bullet: 0n }[lent.method]
    const principal = number === lent.instalments || wanted > opening ? opening : wanted
    rows.push({ number, dueOn, principal, interest, paidPrincipal: 0n, paidInterest: 0n, paidOn: null })
    opening -= principal
  }
  return rows
}

export const owing = (row: OracleRow): bigint => row.principal + row.interest - row.paidPrincipal - row.paidInterest
const sum = (parts: readonly bigint[]): bigint => parts.reduce((a, b) => a + b, 0n)
export const owedPrincipal = (rows: readonly OracleRow[]): bigint => sum(rows.map((row) => row.principal - row.paidPrincipal))
export const dueBy = (rows: readonly OracleRow[], on: string): OracleRow[] => rows.filter((row) => row.dueOn <= on)
/** The due date of the oldest instalment unpaid is the first day past due. */
export const dpdOf = (rows: readonly OracleRow[], on: string): number => {
  const late = dueBy(rows, on).find((row) => owing(row) > 0n)
  return late ? daysBetween(late.dueOn, on) + 1 : 0
}

/** Lives a loan through, a day at a time, taking payments as the README says and nothing else. */
export const lived = (lent: Lent, payments: readonly Paid[], until: string): Stood => {
  let rows = rowsFrom(lent, 1, lent.principal)
  const [perDay, hundred] = percent(lent.latePerDay)
  let [amountDays, latePaid, toWallet, npa] = [0n, 0n, 0n, false]
  let closedOn: string | null = null
  const settle = (on: string): void => {
    for (const row of rows) if (owing(row) === 0n) row.paidOn ??= on
  }
  const charge = (): bigint => half(amountDays * perDay, hundred) - latePaid
  settle(lent.disbursedOn)
  for (let on = lent.disbursedOn; on <= until; on = addDays(on, 1)) {
    for (const row of rows) if (row.dueOn < on) amountDays += owing(row)
    for (const payment of payments.filter((one) => one.on === on)) {
      if (dpdOf(rows, on) > 90) npa = true
      let left = payment.amount
      const take = (wanted: bigint): bigint => {
        const taken = wanted < left ? wanted : left
        left -= taken
        return taken
      }
      latePaid += take(charge())
      const due = dueBy(rows, on)
      for (const row of due) row.paidInterest += take(row.interest - row.paidInterest)
      for (const row of due) row.paidPrincipal += take(row.principal - row.paidPrincipal)
      const next = rows.find((row) => row.dueOn > on && owing(row) > 0n)
      if (next) {
        next.paidInterest += take(next.interest - next.paidInterest)
        next.paidPrincipal += take(next.principal - next.paidPrincipal)
        if (payment.excess === 'prepay' && left > 0n) {
          const kept = rows.filter((row) => row.number <= next.number)
          const owed = owedPrincipal(rows.filter((row) => row.number > next.number))
          const off = take(owed)
          if (off > 0n) rows = [...kept, ...rowsFrom(lent, next.number + 1, owed - off)]
        }
      }
      toWallet += left
      settle(on)
      if (dpdOf(rows, on) === 0) npa = false
      closedOn = rows.every((row) => owing(row) === 0n) && charge() === 0n ? (closedOn ?? on) : null
    }
  }
  return { rows, lateCharge: charge(), latePaid, toWallet, npa: npa || dpdOf(rows, until) > 90, closedOn }
}

/** What ends a loan on a day, before the fee. */
export const endsFor = (lent: Lent, { rows, lateCharge }: Stood, on: string): bigint => {
  const at = rows.findIndex((row) => row.dueOn > on)
  const [running, from] = [rows[at], rows[at - 1]?.dueOn ?? lent.disbursedOn]
  const accrued =
    running && on > from ? half(running.interest * BigInt(daysBetween(from, on)), BigInt(daysBetween(from, running.dueOn))) : 0n
  const interest = sum(rows.map((row) => (row.dueOn <= on ? row.interest : 0n) - row.paidInterest))
  return owedPrincipal(rows) + interest + accrued + lateCharge
}

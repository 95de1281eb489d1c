import { IconCash, IconFileText, IconPlus, IconReceipt, IconUser, type Icon } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { movesOf, type KnownMove } from '#components/known-moves.ts'
import { useRail, type RailGroup } from '#components/rail-entries.ts'
import { isOverdue, pastDueText } from '#services/arrears.ts'
import { api, type Page } from '#services/http.ts'
import { phoneText, shortId } from '#services/names.ts'
import type { Loan } from '#services/loans.ts'
import { beginRepayment, type SearchFor } from '#services/searching.ts'
import { moneyWithSymbol } from '#services/money.ts'
import { useIsStaff, useMay, type Person } from '#services/session.ts'

export type Choice = {
  readonly id: string
  readonly group: string
  readonly icon: Icon
  readonly word: string
  readonly note?: string
  readonly state?: string
  readonly right?: string
  readonly to: string
  /** Beside going there. */
  readonly also?: () => void
}

const SHOWN_AT_MOST = 5
const PAYERS_AT_MOST = 8
const TYPE_AT_LEAST = 2

const loanChoices = (loans: readonly Loan[]): Choice[] =>
  loans.map((loan) => ({
    id: loan.id,
    group: 'Loans',
    icon: IconFileText,
    word: loan.personName,
    note: `loan …${loan.id.slice(-4)}, ${loan.disbursedOn && loan.outstanding ? `${moneyWithSymbol(loan.outstanding.principal, loan.currency)} outstanding` : loan.product.name}`,
    ...(loan.dpd > 0 ? { state: isOverdue(loan) ? 'late' : 'due', right: pastDueText(loan.dpd) } : { state: loan.state }),
    to: `/loans/${loan.id}`,
  }))

const moveNote = ({ toPay, principal, currency }: Loan, { move }: KnownMove): string => {
  if (move === 'foreclose') return 'for today or another date'
  return move === 'repay' ? `${moneyWithSymbol(toPay, currency)} to pay now` : moneyWithSymbol(principal, currency)
}

const moveChoices = (loan: Loan | undefined, staff: boolean): Choice[] =>
  loan
    ? movesOf(loan, staff).map((known) => ({
        id: `m-${known.move}`,
        group: `Moves on ${loan.personName}`,
        icon: known.icon,
        word: known.word,
        note: moveNote(loan, known),
        to: `/loans/${loan.id}/${known.path}`,
      }))
    : []

const pageChoices = (text: string, may: (name: string) => boolean, rail: readonly RailGroup[]): Choice[] => {
  const pages = rail
    .flatMap((group) => group.entries)
    .map((entry) => ({ id: `p-${entry.to}`, group: 'Pages', icon: entry.icon, word: entry.word, to: entry.to }))
  const moves = [
    ...(may('lending.apply') ? [{ id: 'n-apply', group: 'Pages', icon: IconPlus, word: 'New application', to: '/apply' }] : []),
    ...(may('identity.register') ? [{ id: 'n-person', group: 'Pages', icon: IconPlus, word: 'New person', to: '/people/new' }] : []),
  ]
  return [...moves, ...pages].filter((choice) => choice.word.toLowerCase().includes(text.replace(/^>/, '').trim().toLowerCase()))
}

const receiptChoices = (text: string): Choice[] => {
  const id = text.replace(/^#/, '').trim()
  if (!/^transfer_\w{6,}$/.test(id)) return []
  return [{ id, group: 'Receipts', icon: IconReceipt, word: shortId(id), note: 'check this entry in the browser', to: `/proof/${id}` }]
}

type Choices = { readonly choices: readonly Choice[]; readonly busy: boolean }

const payChoice = (loan: Loan, group: string): Choice => ({
  id: loan.id,
  group,
  icon: IconCash,
  word: loan.personName,
  note: `loan …${loan.id.slice(-4)}, ${loan.toPay > 0 ? `${moneyWithSymbol(loan.toPay, loan.currency)} to pay now` : 'nothing due now'}`,
  ...(loan.dpd > 0 ? { state: isOverdue(loan) ? 'late' : 'due', right: pastDueText(loan.dpd) } : {}),
  to: `/loans/${loan.id}/repay`,
  also: beginRepayment,
})

/** Whose repayment can be taken: who is asked for, and before anything is typed whose instalment is due first. */
const usePayers = (q: string, wanted: boolean): Choices => {
  const filter = { state: 'active', sort: 'due', limit: PAYERS_AT_MOST, ...(q ? { q } : {}) }
  const { data, isLoading } = useQuery({
    queryKey: ['loans', 'payers', q],
    queryFn: ({ signal }) => api<Page<Loan>>('/api/v1/loans', { query: filter, signal }),
    enabled: wanted,
  })
  return { choices: (data?.items ?? []).map((loan) => payChoice(loan, q ? 'Active loans' : 'Due first')), busy: isLoading }
}

const useEverything = (text: string, wanted: boolean): Choices => {
  const may = useMay()
  const rail = useRail()
  const staff = useIsStaff()
  const q = text.trim()
  const asks = wanted && q.length >= TYPE_AT_LEAST && !q.startsWith('>') && !q.startsWith('#')
  const loans = useQuery({
    queryKey: ['loans', 'palette', q],
    queryFn: ({ signal }) => api<Page<Loan>>('/api/v1/loans', { query: { q, limit: SHOWN_AT_MOST }, signal }),
    enabled: asks && may('lending.loans'),
  })
  const people = useQuery({
    queryKey: ['people', 'palette', q],
    queryFn: ({ signal }) => api<Page<Person>>('/api/v1/people', { query: { q, limit: SHOWN_AT_MOST }, signal }),
    enabled: asks && may('identity.people'),
  })
  const found = loans.data?.items ?? []
  const choices: Choice[] = [
    ...receiptChoices(q),
    ...(asks ? loanChoices(found) : []),
    ...(asks
      ? moveChoices(
          found.find((loan) => movesOf(loan, staff).length > 0),
          staff,
        )
      : []),
    ...(asks
      ? (people.data?.items ?? []).map((person) => ({
          id: person.id,
          group: 'People',
          icon: IconUser,
          word: person.name,
          note: [person.phone && phoneText(person.phone), person.pan && `PAN ${person.pan}`].filter(Boolean).join(', '),
          to: `/people/${person.id}`,
        }))
      : []),
    ...pageChoices(q, may, rail),
  ]
  return { choices, busy: loans.isLoading || people.isLoading }
}

/** What matches the text, best group first. */
export const useChoices = (text: string, what: SearchFor): Choices => {
  const payers = usePayers(text.trim(), what === 'repayment')
  const everything = useEverything(text, what === 'all')
  return what === 'repayment' ? payers : everything
}

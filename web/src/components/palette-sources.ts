import { IconCash, IconFileText, IconFlagCheck, IconPlus, IconReceipt, IconUser, type Icon } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useRail, type RailGroup } from '#components/rail-entries.ts'
import { isOverdue, pastDueText } from '#services/arrears.ts'
import { api, type Page } from '#services/http.ts'
import { phoneText, shortId } from '#services/names.ts'
import type { Loan } from '#services/loans.ts'
import { moneyWithSymbol } from '#services/money.ts'
import { useMay, type Person } from '#services/session.ts'

export type Choice = {
  readonly id: string
  readonly group: string
  readonly icon: Icon
  readonly word: string
  readonly note?: string
  readonly state?: string
  readonly right?: string
  readonly to: string
}

const SHOWN_AT_MOST = 5
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

const moveChoices = (loan: Loan | undefined): Choice[] => {
  if (!loan) return []
  const group = `Moves on ${loan.personName}`
  const found: Choice[] = []
  if (loan.moves.includes('repay'))
    found.push({
      id: 'm-repay',
      group,
      icon: IconCash,
      word: 'Record repayment',
      note: `${moneyWithSymbol(loan.toPay, loan.currency)} to pay now`,
      to: `/loans/${loan.id}/repay`,
    })
  if (loan.moves.includes('foreclose'))
    found.push({
      id: 'm-foreclose',
      group,
      icon: IconFlagCheck,
      word: 'Foreclosure quote',
      note: 'for today or another date',
      to: `/loans/${loan.id}/foreclose`,
    })
  return found
}

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

/** What matches the text, best group first. */
export const useChoices = (text: string): { readonly choices: readonly Choice[]; readonly busy: boolean } => {
  const may = useMay()
  const rail = useRail()
  const q = text.trim()
  const asks = q.length >= TYPE_AT_LEAST && !q.startsWith('>') && !q.startsWith('#')
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
    ...(asks ? moveChoices(found.find((loan) => loan.moves.length > 0)) : []),
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
  return { choices, busy: asks && (loans.isFetching || people.isFetching) }
}

import { counted } from '#services/counted.ts'
import type { Problem } from '#services/http.ts'
import { moneyWithSymbol } from '#services/money.ts'
import { dateText, instantText } from '#services/when.ts'

// The catalogue of faults speaks to whoever writes a program. Here stands what a person at the desk is told instead.

type Facts = Readonly<Record<string, unknown>>
type Way = { readonly to: string; readonly word: string }
type Words = {
  readonly title?: string
  readonly advice?: (facts: Facts) => string
  readonly way?: (facts: Facts) => Way | undefined
}

const text = (facts: Facts, name: string): string => {
  const value = facts[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
const money = (facts: Facts, name: string): string => moneyWithSymbol(Number(facts[name]), text(facts, 'unit') || 'INR')
const seconds = (facts: Facts): string => {
  const wait = Number(facts['retryAfterS'])
  return wait > 0 ? `Wait ${counted(wait, 'second')}, then try again.` : 'Wait a moment, then try again.'
}
const wayTo = (start: string, name: string, word: string) => (facts: Facts) => {
  const id = text(facts, name)
  return id ? { to: `${start}${id}`, word } : undefined
}

const notThere: Words = { advice: () => 'The link may be cut short, or it belongs to something you may not see.' }
const noEntry: Words = { title: 'There is no such entry, or it is not yours.', ...notThere }
const signedOut: Words = { title: 'You are signed out' }
const later: Words = { advice: () => 'Try again in a moment. What was sent twice is recorded once.' }

const WORDS: Readonly<Record<string, Words>> = {
  'ledger.insufficient': {
    title: 'There is not that much available',
    advice: (facts) => `${money(facts, 'available')} is available. Move less, or put more in first.`,
  },
  'lending.payment_known': {
    advice: (facts) =>
      text(facts, 'receipt')
        ? 'Nothing was moved now. Check the reference, or look at what was booked under it.'
        : 'Nothing was moved now. The reference stands for another payment: use one of your own.',
    way: wayTo('/proof/', 'receipt', 'Open the first receipt'),
  },
  'ledger.transfer_known': {
    advice: () => 'Nothing was moved now.',
    way: wayTo('/proof/', 'transfer', 'Open the first entry'),
  },
  'lending.principal_out_of_range': { advice: (facts) => `It lends ${money(facts, 'min')} to ${money(facts, 'max')}.` },
  'lending.instalments_out_of_range': { advice: (facts) => `It lends for ${text(facts, 'min')} to ${text(facts, 'max')} instalments.` },
  'lending.quote_stale': { advice: () => 'The new figures stand beside this now. Look at them, then confirm those.' },
  'lending.cash_by_staff_only': { advice: () => 'Pay from the wallet.' },
  'lending.currency_mismatch': { advice: (facts) => `Give the amount in ${text(facts, 'expected')}.` },
  'lending.date_passed': { advice: (facts) => `Choose ${dateText(text(facts, 'today'))} or a later day.` },
  'lending.date_too_far': { advice: (facts) => `Choose ${dateText(text(facts, 'until'))} or an earlier day.` },
  'lending.offer_expired': { advice: (facts) => `It stood until ${dateText(text(facts, 'expiredOn'))}. Take a new application.` },
  'lending.repayment_reversed': { advice: () => 'It cannot be reversed twice; the statement shows the reversal.' },
  'ledger.already_reversed': { advice: () => 'It cannot be reversed twice.' },
  'lending.loan_unknown': notThere,
  'lending.product_unknown': notThere,
  'lending.person_unknown': notThere,
  'identity.person_unknown': notThere,
  'ledger.account_unknown': notThere,
  'ledger.transfer_unknown': notThere,
  'breakers.unknown': notThere,
  'http.route_unknown': notThere,
  'events.letter_unknown': { advice: () => 'It may have been replayed already.' },
  'identity.phone_known': {
    advice: () => 'Use the person who is known already, or another number.',
    way: wayTo('/people/', 'person', 'Open that person'),
  },
  'identity.invitation_invalid': { advice: () => 'Ask whoever runs Holdfast for a new link.' },
  'identity.too_many_failures': { advice: seconds },
  'http.rate_limited': { advice: seconds },
  'http.not_authenticated': signedOut,
  'identity.session_ended': signedOut,
  'identity.refresh_invalid': signedOut,
  'identity.token_expired': signedOut,
  'identity.token_invalid': signedOut,
  'jobs.clock_backward': { advice: (facts) => `It is ${instantText(text(facts, 'now'))} there already; choose a later day.` },
  'seal.row_unknown': noEntry,
  'seal.row_unsealed': { advice: () => 'A record is sealed within a second of being written. Check again in a moment.' },
  'operations.input_invalid': { title: 'Something here cannot be taken as it is' },
  'operations.overloaded': later,
  'operations.unavailable': later,
  'operations.draining': later,
  'operations.outcome_unknown': later,
  'operations.disk_full': {
    title: 'The disk is full: nothing can be written now',
    advice: () => 'Nothing was recorded. Whoever runs Holdfast has to make room; then send it again.',
  },
}

type Said = { readonly title: string; readonly advice: string | undefined; readonly way: Way | undefined; readonly facts: Facts }

/** What is wrong, what to do and a way there, in words for people; a fault without words of its own in the catalogue's, with its facts. */
export const sayProblem = ({ code, title, detail, facts = {} }: Problem): Said => {
  const words = WORDS[code]
  if (!words) return { title, advice: detail === title ? undefined : detail, way: undefined, facts }
  return { title: words.title ?? title, advice: words.advice?.(facts), way: words.way?.(facts), facts: {} }
}

/** `/principal/max` as a person would say it: `principal, max`. */
export const sayPointer = (pointer: string): string =>
  pointer
    .slice(1)
    .replaceAll('/', ', ')
    .replaceAll(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`)

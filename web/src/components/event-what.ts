import { reasonWord } from '#components/reason-words.ts'
import type { Event } from '#services/events.ts'
import { moneyWithSymbol } from '#services/money.ts'
import { dateText } from '#services/when.ts'

// Figures that are told with their name, in this order of a reader's interest.
const MONEY: Record<string, string> = {
  amount: '',
  total: '',
  net: 'net ',
  principal: 'principal ',
  interest: 'interest ',
  lateCharge: 'late charge ',
  wallet: 'to the wallet ',
}
const WORDS: Record<string, (value: string) => string> = {
  number: (value) => `instalment ${value}`,
  instalments: (value) => `${value} instalments`,
  dueOn: (value) => `due ${dateText(value)}`,
  firstDueOn: (value) => `first due ${dateText(value)}`,
  expiresOn: (value) => `stands until ${dateText(value)}`,
  score: (value) => `score ${value}`,
  from: (value) => `from ${stateWord(value)}`,
  to: (value) => `to ${stateWord(value)}`,
  action: stateWord,
  decision: String,
  why: String,
  breaker: String,
  name: String,
}
const SHOWN_AT_MOST = 3

const SCORECARD = 'The scorecard: '
/** A reason a person wrote stands as it is; the scorecard's is a list of codes. */
const reasonText = (reason: string): string =>
  reason.startsWith(SCORECARD) ? reason.slice(SCORECARD.length).split(', ').map(reasonWord).join(', ') : reason

/** `FORCED_OPEN`, `force_open`: words of the code, for people. */
function stateWord(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ')
}

const say = (name: string, value: unknown, currency: string): string | undefined => {
  if (name === 'reasons') return Array.isArray(value) ? value.map(String).map(reasonWord).join(', ') || undefined : undefined
  if ((typeof value !== 'string' && typeof value !== 'number') || value === '') return undefined
  if (name === 'reason') return reasonText(String(value))
  const label = MONEY[name]
  if (label !== undefined) return Number(value) === 0 ? undefined : `${label}${moneyWithSymbol(Number(value), currency)}`
  return WORDS[name]?.(String(value))
}

/** The few figures of an event that a reader wants, in one line. */
export const eventWhat = (event: Event): string => {
  const currency = typeof event.data['currency'] === 'string' ? event.data['currency'] : 'INR'
  return Object.entries(event.data)
    .map(([name, value]) => say(name, value, currency))
    .filter((text) => text !== undefined)
    .slice(0, SHOWN_AT_MOST)
    .join(' · ')
}

/** What the event is worth to the eye: its amount, or the sum it is about. */
export const eventAmount = (event: Event): string => {
  const { amount, total, net, principal, currency = 'INR' } = event.data
  const minor = amount ?? total ?? net ?? principal
  return typeof minor === 'number' || typeof minor === 'string' ? moneyWithSymbol(Number(minor), String(currency)) : ''
}

import { reasonWord } from '#components/reason-words.ts'
import { counted } from '#services/counted.ts'
import type { Event } from '#services/events.ts'
import { moneyWithSymbol } from '#services/money.ts'
import { dateText, dayOf } from '#services/when.ts'

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
const DECISIONS: Record<string, string> = { approve: 'approved', refer: 'referred', reject: 'rejected' }
export const decisionWord = (decision: string): string => DECISIONS[decision] ?? decision
const WORDS: Record<string, (value: string) => string> = {
  number: (value) => `instalment ${value}`,
  instalments: (value) => counted(Number(value), 'instalment'),
  dueOn: (value) => `due ${dateText(value)}`,
  firstDueOn: (value) => `first due ${dateText(value)}`,
  expiresOn: (value) => `stands until ${dateText(value)}`,
  score: (value) => `score ${value}`,
  from: (value) => `from ${stateWord(value)}`,
  to: (value) => `to ${stateWord(value)}`,
  action: stateWord,
  decision: decisionWord,
  why: String,
  breaker: String,
  name: String,
}
const SHOWN_AT_MOST = 4

const SCORECARD = 'The scorecard: '
const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)
/** Reasons in one line, of which only the first begins as a sentence. */
const reasonsText = (codes: readonly string[]): string =>
  codes.map((code, at) => (at === 0 ? reasonWord(code) : lower(reasonWord(code)))).join('; ')

/** A reason a person wrote stands as it is; the scorecard's is a list of codes. */
const reasonText = (reason: string): string =>
  reason.startsWith(SCORECARD) ? reasonsText(reason.slice(SCORECARD.length).split(', ')) : reason

/** `FORCED_OPEN`, `force_open`: words of the code, for people. */
function stateWord(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ')
}

const say = (name: string, value: unknown, currency: string): string | undefined => {
  if (name === 'reasons') return Array.isArray(value) ? reasonsText(value.map(String)) || undefined : undefined
  if ((typeof value !== 'string' && typeof value !== 'number') || value === '') return undefined
  if (name === 'reason') return reasonText(String(value))
  const label = MONEY[name]
  if (label !== undefined) return Number(value) === 0 ? undefined : `${label}${moneyWithSymbol(Number(value), currency)}`
  return WORDS[name]?.(String(value))
}

/** The few figures of an event that a reader wants, in one line. */
export const eventWhat = (event: Event): string => {
  const currency = typeof event.data['currency'] === 'string' ? event.data['currency'] : 'INR'
  const said = Object.entries(event.data)
    // The day it is about is told by when it happened, if it is the same.
    .filter(([name, value]) => name !== 'dueOn' || value !== dayOf(event.at))
    .map(([name, value]) => say(name, value, currency))
    .filter((text) => text !== undefined)
    .slice(0, SHOWN_AT_MOST)
    .join(' · ')
  return said.charAt(0).toUpperCase() + said.slice(1)
}

/** What the event is worth to the eye: its amount, or the sum it is about. */
export const eventAmount = (event: Event): string => {
  const { amount, total, net, principal, currency = 'INR' } = event.data
  const minor = amount ?? total ?? net ?? principal
  return typeof minor === 'number' || typeof minor === 'string' ? moneyWithSymbol(Number(minor), String(currency)) : ''
}

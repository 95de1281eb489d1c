import {
  IconAlertCircle,
  IconCircleCheck,
  IconFileText,
  IconInbox,
  IconPoint,
  IconTransferOut,
  IconUserQuestion,
  type Icon,
} from '@tabler/icons-react'
import type { Tone } from '#components/state-badge.tsx'
import type { Event } from '#services/events.ts'
import { reasonWord } from '#components/reason-words.ts'
import { moneyWithSymbol } from '#services/money.ts'

type Words = { readonly title: string; readonly icon: Icon; readonly tone: Tone; readonly filled: boolean }

const KNOWN: Record<string, Words> = {
  'lending.applied': { title: 'Applied', icon: IconInbox, tone: 'neutral', filled: false },
  'lending.credit_checked': { title: 'Credit checked', icon: IconFileText, tone: 'going', filled: false },
  'lending.offered': { title: 'Offer made', icon: IconFileText, tone: 'going', filled: false },
  'lending.referred': { title: 'Referred to an officer', icon: IconUserQuestion, tone: 'judge', filled: false },
  'lending.approved': { title: 'Approved', icon: IconCircleCheck, tone: 'going', filled: false },
  'lending.rejected': { title: 'Rejected', icon: IconAlertCircle, tone: 'neutral', filled: true },
  'lending.accepted': { title: 'Offer accepted', icon: IconFileText, tone: 'going', filled: false },
  'lending.expired': { title: 'Offer expired', icon: IconFileText, tone: 'neutral', filled: true },
  'lending.disbursed': { title: 'Disbursed', icon: IconTransferOut, tone: 'ok', filled: true },
  'lending.disbursal_failed': { title: 'Disbursal failed', icon: IconAlertCircle, tone: 'bad', filled: true },
  'lending.fell_due': { title: 'Instalment fell due', icon: IconPoint, tone: 'neutral', filled: false },
  'lending.repaid': { title: 'Repaid', icon: IconCircleCheck, tone: 'ok', filled: true },
  'lending.reversed': { title: 'Repayment reversed', icon: IconAlertCircle, tone: 'bad', filled: true },
  'lending.repayment_reversed': { title: 'Repayment reversed', icon: IconAlertCircle, tone: 'bad', filled: true },
  'lending.closed': { title: 'Closed', icon: IconCircleCheck, tone: 'ok', filled: true },
  'lending.foreclosed': { title: 'Foreclosed', icon: IconCircleCheck, tone: 'ok', filled: true },
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** The event type in words: known ones by their own, others by their name. */
export const eventWords = (type: string): Words => {
  const name = type.replace(/\.v\d+$/, '')
  return (
    KNOWN[name] ?? {
      title: sentence((name.split('.').at(-1) ?? name).replaceAll('_', ' ')),
      icon: IconPoint,
      tone: 'neutral',
      filled: false,
    }
  )
}

const MONEY = new Set([
  'amount',
  'principal',
  'total',
  'net',
  'paid',
  'interest',
  'lateCharge',
  'fee',
  'tax',
  'outstanding',
  'charge',
  'wallet',
])
const HIDDEN = new Set(['currency', 'loan', 'person', 'personName', 'transfer', 'id', 'product', 'receipt', 'payment', 'repayment', 'by'])
const SHOWN_AT_MOST = 3

const say = (name: string, value: unknown, currency: string): string | undefined => {
  if (value === null || value === undefined || value === '') return undefined
  if (Array.isArray(value))
    return value.length > 0 && value.every((part) => typeof part === 'string') ? value.map(reasonWord).join(', ') : undefined
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined
  const minor = typeof value === 'number' ? value : typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : undefined
  if (MONEY.has(name) && minor !== undefined)
    return name === 'amount'
      ? moneyWithSymbol(minor, currency)
      : `${name.replaceAll(/[A-Z]/g, (big) => ` ${big.toLowerCase()}`)} ${moneyWithSymbol(minor, currency)}`
  return `${name.replaceAll(/[A-Z]/g, (big) => ` ${big.toLowerCase()}`)} ${String(value)}`
}

/** The few figures of an event that a reader wants, in one line. */
export const eventWhat = (event: Event): string => {
  const currency = typeof event.data['currency'] === 'string' ? event.data['currency'] : 'INR'
  return Object.entries(event.data)
    .filter(([name]) => !HIDDEN.has(name))
    .map(([name, value]) => say(name, value, currency))
    .filter((text) => text !== undefined)
    .slice(0, SHOWN_AT_MOST)
    .join(' · ')
}

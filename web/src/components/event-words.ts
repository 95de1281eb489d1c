import {
  IconAlertCircle,
  IconCircleCheck,
  IconFileText,
  IconInbox,
  IconPoint,
  IconToggleRight,
  IconTransferOut,
  IconUserPlus,
  IconUserQuestion,
  type Icon,
} from '@tabler/icons-react'
import type { Tone } from '#components/state-badge.tsx'
import { sentence } from '#services/names.ts'

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
  'identity.person_registered': { title: 'Person added', icon: IconUserPlus, tone: 'neutral', filled: false },
  'breakers.ordered': { title: 'Breaker ordered', icon: IconToggleRight, tone: 'attention', filled: true },
  'breakers.moved': { title: 'Breaker moved', icon: IconToggleRight, tone: 'neutral', filled: false },
  'lending.reopened': { title: 'Active again', icon: IconAlertCircle, tone: 'bad', filled: false },
  'lending.closed': { title: 'Closed', icon: IconCircleCheck, tone: 'ok', filled: true },
  'lending.foreclosed': { title: 'Foreclosed', icon: IconCircleCheck, tone: 'ok', filled: true },
}

/** The event type in words: known ones by their own, others by their name. */
export const eventWords = (type: string): Words => {
  const name = type.replace(/\.v\d+$/, '')
  return (
    KNOWN[name] ?? {
      title: sentence(name.split('.').at(-1) ?? name),
      icon: IconPoint,
      tone: 'neutral',
      filled: false,
    }
  )
}

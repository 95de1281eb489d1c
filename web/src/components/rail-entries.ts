import {
  IconActivity,
  IconCalculator,
  IconFileText,
  IconHistory,
  IconHome,
  IconInbox,
  IconLayoutBoard,
  IconMailX,
  IconNotebook,
  IconPlayerPlay,
  IconScale,
  IconShieldCheck,
  IconToggleRight,
  IconUsers,
  type Icon,
} from '@tabler/icons-react'
import { useIsStaff, useMay } from '#services/session.ts'

// The rail is data. An entry is seen by whoever may ask its view; a new system adds a group here.

export type RailEntry = {
  readonly to: string
  readonly word: string
  readonly icon: Icon
  /** The view that the page rests on; without one, everybody may look. */
  readonly needs?: string
  /** The second key after `g`. */
  readonly key?: string
  /** Only for the company's own people, or only for whoever is none of them. */
  readonly who?: 'staff' | 'borrower'
}
export type RailGroup = { readonly word?: string; readonly entries: readonly RailEntry[] }

const railGroups: readonly RailGroup[] = [
  { entries: [{ to: '/', word: 'Today', icon: IconHome, needs: 'lending.overview', key: 't' }] },
  { entries: [{ to: '/my-loan', word: 'My loan', icon: IconHome, needs: 'lending.loans', key: 'l', who: 'borrower' }] },
  {
    word: 'Lending',
    entries: [
      { to: '/applications', word: 'Applications', icon: IconInbox, needs: 'lending.loans', key: 'a', who: 'staff' },
      { to: '/loans', word: 'Loans', icon: IconFileText, needs: 'lending.loans', key: 'l', who: 'staff' },
      { to: '/products', word: 'Products', icon: IconLayoutBoard, needs: 'lending.products', key: 'r' },
      { to: '/calculator', word: 'Calculator', icon: IconCalculator, key: 'c' },
    ],
  },
  { entries: [{ to: '/people', word: 'People', icon: IconUsers, needs: 'identity.people', key: 'p' }] },
  {
    word: 'Money',
    entries: [
      { to: '/ledger', word: 'Ledger', icon: IconNotebook, needs: 'ledger.accounts', key: 'm' },
      { to: '/trial-balance', word: 'Trial balance', icon: IconScale, needs: 'ledger.trial_balance', key: 'b' },
      { to: '/proof', word: 'Proof', icon: IconShieldCheck, needs: 'seal.checkpoints', key: 's' },
    ],
  },
  {
    word: 'Operations',
    entries: [
      { to: '/events', word: 'Events', icon: IconActivity, needs: 'events.list', key: 'e' },
      { to: '/dead-letters', word: 'Dead letters', icon: IconMailX, needs: 'events.dead_letters', key: 'd' },
      { to: '/jobs', word: 'Jobs', icon: IconPlayerPlay, needs: 'jobs.runs', key: 'j' },
      { to: '/breakers', word: 'Breakers', icon: IconToggleRight, needs: 'breakers.list', key: 'k' },
    ],
  },
  { entries: [{ to: '/audit', word: 'Audit', icon: IconHistory, needs: 'audit.records', key: 'u' }] },
]

/** The groups with what the caller may see. */
export const useRail = (): readonly RailGroup[] => {
  const may = useMay()
  const who = useIsStaff() ? 'staff' : 'borrower'
  return railGroups
    .map((group) => ({
      ...group,
      entries: group.entries.filter((entry) => (!entry.needs || may(entry.needs)) && (entry.who ?? who) === who),
    }))
    .filter((group) => group.entries.length > 0)
}

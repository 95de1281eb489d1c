import { IconAlertCircle, IconCircleCheck, IconEye, IconHandStop, IconPlugConnectedX, IconProgress, type Icon } from '@tabler/icons-react'
import { Badge, type Tone } from '#components/state-badge.tsx'
import type { BreakerAction, BreakerState } from '#services/breakers.ts'

const STATES: Record<BreakerState, readonly [Icon, Tone, string]> = {
  CLOSED: [IconCircleCheck, 'ok', 'closed'],
  OPEN: [IconAlertCircle, 'bad', 'open'],
  HALF_OPEN: [IconProgress, 'going', 'half open'],
  FORCED_OPEN: [IconHandStop, 'attention', 'forced open'],
  DISABLED: [IconPlugConnectedX, 'attention', 'disabled'],
  METRICS_ONLY: [IconEye, 'attention', 'metrics only'],
}

export const breakerStateWord = (state: BreakerState): string => STATES[state][2]

export const BreakerBadge = ({ state, soft = false }: { readonly state: BreakerState; readonly soft?: boolean }) => {
  const [shape, tone, word] = STATES[state]
  return <Badge icon={shape} tone={tone} word={word} soft={soft} />
}

type Words = { readonly word: string; readonly effect: string; readonly lasts: boolean; readonly danger?: boolean }

/** What each order does, in words that a person can decide by. */
export const ACTIONS: Record<BreakerAction, Words> = {
  force_open: {
    word: 'Force open',
    effect: 'Every call is refused at once, in every process, and nothing reaches the other side.',
    lasts: true,
    danger: true,
  },
  close: { word: 'Close', effect: 'Calls go through again, the window starts empty, and the breaker is left to itself.', lasts: false },
  disable: {
    word: 'Disable',
    effect: 'Every call goes through and nothing is counted: the breaker protects nobody.',
    lasts: true,
    danger: true,
  },
  metrics_only: { word: 'Metrics only', effect: 'Every call goes through; calls are counted, but the breaker never opens.', lasts: true },
  reset: { word: 'Reset', effect: 'The window is emptied and the breaker begins anew, closed.', lasts: false },
}

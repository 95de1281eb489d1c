import {
  IconAlertCircle,
  IconBan,
  IconCircleCheck,
  IconCircleX,
  IconClock,
  IconClockX,
  IconFileCheck,
  IconFileText,
  IconFlagCheck,
  IconInbox,
  IconLock,
  IconProgress,
  IconTransferOut,
  IconUserQuestion,
  type Icon,
} from '@tabler/icons-react'
import styles from '#components/state-badge.module.css'

export type Tone = 'ok' | 'attention' | 'bad' | 'judge' | 'going' | 'neutral'

const STATES: Record<string, readonly [Icon, Tone]> = {
  applied: [IconInbox, 'neutral'],
  assessing: [IconProgress, 'going'],
  offered: [IconFileText, 'going'],
  referred: [IconUserQuestion, 'judge'],
  rejected: [IconBan, 'neutral'],
  accepted: [IconFileCheck, 'going'],
  disbursing: [IconTransferOut, 'going'],
  active: [IconCircleCheck, 'ok'],
  closed: [IconLock, 'neutral'],
  foreclosed: [IconFlagCheck, 'neutral'],
  cancelled: [IconCircleX, 'neutral'],
  expired: [IconClockX, 'neutral'],
  paid: [IconCircleCheck, 'ok'],
  part: [IconProgress, 'attention'],
  late: [IconAlertCircle, 'bad'],
  due: [IconClock, 'neutral'],
  'to come': [IconClock, 'neutral'],
  done: [IconCircleCheck, 'ok'],
  refused: [IconBan, 'attention'],
  failed: [IconAlertCircle, 'bad'],
  parked: [IconAlertCircle, 'bad'],
  deactivated: [IconBan, 'neutral'],
  retired: [IconLock, 'neutral'],
}

/** Icon and word of a state: the same word as in the state table of the code. Soft ground only in a header or a verdict. */
export const StateBadge = ({ state, word, soft = false }: { readonly state: string; readonly word?: string; readonly soft?: boolean }) => {
  const [Shape, tone] = STATES[state] ?? [IconClock, 'neutral']
  return <Badge icon={Shape} tone={tone} word={word ?? state} soft={soft} />
}

/** The icon alone, where the word stands beside it already. */
export const StateSign = ({ state }: { readonly state: string }) => {
  const [Shape, tone] = STATES[state] ?? [IconClock, 'neutral']
  return (
    <span className={styles.badge} data-tone={tone}>
      <Shape size={16} stroke={1.75} aria-hidden="true" />
    </span>
  )
}

export const Badge = ({
  icon: Shape,
  tone,
  word,
  soft = false,
}: {
  readonly icon: Icon
  readonly tone: Tone
  readonly word: string
  readonly soft?: boolean
}) => (
  <span className={styles.badge} data-tone={tone} data-soft={soft || undefined}>
    <Shape size={16} stroke={1.75} aria-hidden="true" />
    <span className={styles.word}>{word}</span>
  </span>
)

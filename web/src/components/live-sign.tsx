import { IconPlayerPause, IconWifi, IconWifiOff } from '@tabler/icons-react'
import { useLive } from '#services/live.ts'
import styles from '#components/live-sign.module.css'

const WORDS = { live: 'live', connecting: 'connecting', paused: 'paused', lost: 'no answer, trying again', offline: 'offline' } as const

/** Says whether changes arrive by themselves. `quiet`: only when they don't. */
export const LiveSign = ({ quiet = false }: { readonly quiet?: boolean }) => {
  const state = useLive()
  if (quiet && (state === 'live' || state === 'connecting')) return null
  const Shape = state === 'live' ? IconWifi : state === 'paused' ? IconPlayerPause : IconWifiOff
  return (
    <span className={styles.sign} data-state={state} role="status">
      <Shape size={15} stroke={1.75} aria-hidden="true" />
      {WORDS[state]}
    </span>
  )
}

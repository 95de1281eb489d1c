import { IconLink, IconLinkOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { counted } from '#services/counted.ts'
import { sealQuery } from '#services/seal.ts'
import { useFault, useFaultCount } from '#services/seal-fault.ts'
import { agoText } from '#services/when.ts'
import styles from '#components/seal-foot.module.css'

/** The seal at the foot of the rail: how old the last checkpoint is, and whether a check in this browser found a fault. */
export const SealFoot = () => {
  const { data } = useQuery(sealQuery)
  const fault = useFault()
  const faults = useFaultCount()
  if (!data && !fault) return null
  return (
    <Link to="/proof" className={styles.foot} data-bad={fault !== undefined || undefined}>
      {fault ? <IconLinkOff size={17} stroke={1.75} aria-hidden="true" /> : <IconLink size={17} stroke={1.75} aria-hidden="true" />}
      <span className={styles.words}>
        <b>{fault ? faults : `Sealed ${agoText(data?.ageMs ?? 0)}`}</b>
        <span>{fault ?? counted(data?.size ?? 0, 'record')}</span>
      </span>
    </Link>
  )
}

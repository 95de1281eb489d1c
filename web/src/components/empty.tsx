import type { ReactNode } from 'react'
import styles from '#components/empty.module.css'

const Links = () => (
  <svg width="204" height="36" viewBox="0 0 204 36" fill="none" strokeWidth="3" aria-hidden="true" className={styles.links}>
    {[2, 54, 106].map((x) => (
      <rect key={x} x={x} y="2" width="46" height="32" rx="16" />
    ))}
    {[33, 85].map((x) => (
      <rect key={x} x={x} y="12" width="35" height="12" rx="6" className={styles.knot} />
    ))}
    <rect x="158" y="2" width="44" height="32" rx="16" className={styles.last} />
    <rect x="137" y="12" width="35" height="12" rx="6" className={styles.lastKnot} />
  </svg>
)

/** What would be here, why it isn't, and one way on. */
export const Empty = ({ title, children, way }: { readonly title: string; readonly children: ReactNode; readonly way?: ReactNode }) => (
  <div className={styles.empty}>
    <Links />
    <h2>{title}</h2>
    <p>{children}</p>
    {way && <div className={styles.way}>{way}</div>}
  </div>
)

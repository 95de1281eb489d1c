import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import styles from '#components/verdict.module.css'

/** The answer first: sound or not, in one sentence, then of what. */
export const Verdict = ({
  sound,
  icon: Shape,
  title,
  children,
}: {
  readonly sound: boolean
  readonly icon: Icon
  readonly title: string
  readonly children: ReactNode
}) => (
  <section className={styles.verdict} data-sound={sound} role="status">
    <Shape size={26} stroke={1.5} aria-hidden="true" />
    <div>
      <h2>{title}</h2>
      <p>{children}</p>
    </div>
  </section>
)

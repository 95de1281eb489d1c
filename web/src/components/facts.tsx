import type { ReactNode } from 'react'
import styles from '#components/facts.module.css'

export type Fact = { readonly label: string; readonly value: ReactNode; readonly of?: ReactNode; readonly bad?: boolean }

/** Four to six facts in a row: label, figure, and one small line that says of what. `big` on boards. */
export const Facts = ({ facts, big = false }: { readonly facts: readonly Fact[]; readonly big?: boolean }) => (
  <dl className={styles.row} data-big={big || undefined}>
    {facts.map((fact) => (
      <div key={fact.label} className={styles.fact} data-bad={fact.bad || undefined}>
        <dt className={styles.label}>{fact.label}</dt>
        <dd className={styles.value}>{fact.value}</dd>
        {fact.of !== undefined && <dd className={styles.of}>{fact.of}</dd>}
      </div>
    ))}
  </dl>
)

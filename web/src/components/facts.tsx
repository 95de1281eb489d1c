import type { ReactNode } from 'react'
import styles from '#components/facts.module.css'

export type Fact = { readonly label: string; readonly value: ReactNode; readonly of?: ReactNode; readonly bad?: boolean }

type Props = { readonly facts: readonly Fact[]; readonly big?: boolean; readonly lead?: boolean }

/** Four to six facts in a row: label, figure, and one small line that says of what. `big` on boards; `lead`: the first is what one came for. */
export const Facts = ({ facts, big = false, lead = false }: Props) => (
  <div className={styles.facts}>
    <dl className={styles.row} data-big={big || undefined} data-lead={lead || undefined}>
      {facts.map((fact) => (
        <div key={fact.label} className={styles.fact} data-bad={fact.bad || undefined}>
          <dt className={styles.label}>{fact.label}</dt>
          <dd className={styles.value}>{fact.value}</dd>
          {fact.of !== undefined && <dd className={styles.of}>{fact.of}</dd>}
        </div>
      ))}
    </dl>
  </div>
)

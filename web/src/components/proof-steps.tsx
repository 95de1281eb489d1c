import { IconCheck, IconMinus, IconX } from '@tabler/icons-react'
import type { Step } from '#services/verify.ts'
import styles from '#components/proof-steps.module.css'

/** Each step of the check, a claim in plain words and the hash it came to; lit as it is computed. */
export const ProofSteps = ({ steps }: { readonly steps: readonly Step[] }) => (
  <ol className={styles.steps}>
    {steps.map((step) => (
      <li key={step.id} className={styles.step} data-holds={step.holds === undefined ? 'open' : step.holds}>
        <span className={styles.dot}>
          {step.holds === true && <IconCheck size={13} stroke={2.5} aria-hidden="true" />}
          {step.holds === false && <IconX size={13} stroke={2.5} aria-hidden="true" />}
          {step.holds === undefined && <IconMinus size={13} stroke={2.5} aria-hidden="true" />}
        </span>
        <p className={styles.claim}>
          {step.claim}
          <span className="visually-hidden">{step.holds === undefined ? ' (not checked)' : step.holds ? ' (holds)' : ' (fails)'}</span>
        </p>
        <p className={styles.how}>{step.how}</p>
        {step.hash && <code className={styles.hash}>{step.hash}</code>}
      </li>
    ))}
  </ol>
)

import styles from '#components/legend.module.css'

export type LegendEntry = readonly [colour: string, word: string, how?: 'pale' | 'ring']

export const Legend = ({ entries }: { readonly entries: readonly LegendEntry[] }) => (
  <ul className={styles.legend}>
    {entries.map(([colour, word, how]) => (
      <li key={word}>
        <span
          className={styles.square}
          data-how={how}
          style={how === 'ring' ? { borderColor: `var(--hf-${colour})` } : { background: `var(--hf-${colour})` }}
          aria-hidden="true"
        />
        {word}
      </li>
    ))}
  </ul>
)

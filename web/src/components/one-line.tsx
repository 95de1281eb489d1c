import styles from '#components/one-line.module.css'

/** A name that keeps its row as low as the others; what is cut off is in its title. */
export const OneLine = ({ children }: { readonly children: string }) => (
  <span className={styles.line} title={children}>
    {children}
  </span>
)

import styles from '#components/keycap.module.css'

/** A key of the keyboard. Ornament: the control it stands in names its shortcut by aria-keyshortcuts. */
export const Keycap = ({ children, onAccent = false }: { readonly children: string; readonly onAccent?: boolean }) => (
  <kbd className={styles.key} data-accent={onAccent || undefined} aria-hidden="true">
    {children}
  </kbd>
)

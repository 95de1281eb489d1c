import { Modal } from '@mantine/core'
import { Keycap } from '#components/keycap.tsx'
import { boundKeys, closeKeys, useKeysShown } from '#services/keys.ts'
import styles from '#components/keys-help.module.css'

/** The page's own first, then the ways to other pages as the rail has them. */
const inOrder = (keys: ReturnType<typeof boundKeys>) => {
  const ways = keys.filter((binding) => binding.keys.startsWith('g '))
  return [...keys.filter((binding) => !ways.includes(binding)), ...ways.toReversed()]
}

/** Every key that acts on the page now in view. */
export const KeysHelp = () => {
  const shown = useKeysShown()
  // Kept while it is closed: so the focus goes back to where it was.
  return (
    <Modal opened={shown} onClose={closeKeys} title="Keyboard" size={520} closeButtonProps={{ 'aria-label': 'Close' }}>
      <dl className={styles.keys}>
        {inOrder(boundKeys()).map((binding) => (
          <div key={binding.keys}>
            <dt>{binding.what}</dt>
            <dd>
              <span className="visually-hidden">{binding.keys}</span>
              {binding.keys.split(' ').map((key) => (
                <Keycap key={key}>{key}</Keycap>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}

import { Modal } from '@mantine/core'
import { lazy, Suspense } from 'react'
import styles from '#components/palette.module.css'

const Results = lazy(() => import('#components/palette-results.tsx').then((module) => ({ default: module.PaletteResults })))

/** Ctrl K: any loan, person, receipt, page or move by typing. Its parts are fetched when it is first opened. */
export const Palette = ({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) => (
  <Modal
    opened={opened}
    onClose={onClose}
    withCloseButton={false}
    centered={false}
    yOffset={112}
    size={680}
    padding={0}
    aria-label="Search everything"
    transitionProps={{ duration: 80 }}
    classNames={{ content: styles.content ?? '' }}
  >
    <Suspense fallback={<div className={styles.empty} />}>
      <Results onClose={onClose} />
    </Suspense>
  </Modal>
)

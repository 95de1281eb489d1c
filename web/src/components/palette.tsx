import { Modal } from '@mantine/core'
import { lazy, Suspense } from 'react'
import styles from '#components/palette.module.css'

const fetchResults = () => import('#components/palette-results.tsx')
const Results = lazy(() => fetchResults().then((module) => ({ default: module.PaletteResults })))

/** Its parts, before it is asked for: whoever types at once must not type into nothing. */
export const prepareSearch = (): void => void fetchResults()

/** Ctrl K: any loan, person, receipt, page or move by typing. Its parts are fetched when it is first opened. */
export const Palette = ({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) => (
  <Modal.Root
    classNames={{ content: styles.content ?? '' }}
    opened={opened}
    onClose={onClose}
    size={680}
    padding={0}
    yOffset={112}
    centered={false}
    transitionProps={{ duration: 80 }}
  >
    <Modal.Overlay backgroundOpacity={0.4} />
    <Modal.Content aria-label="Search everything">
      <Suspense fallback={<div className={styles.empty} />}>
        <Results onClose={onClose} />
      </Suspense>
    </Modal.Content>
  </Modal.Root>
)

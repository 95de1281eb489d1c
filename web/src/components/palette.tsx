import { Modal } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { closeSearch, useSearchFor } from '#services/searching.ts'
import styles from '#components/palette.module.css'

const fetchResults = () => import('#components/palette-results.tsx')
const Results = lazy(() => fetchResults().then((module) => ({ default: module.PaletteResults })))

/** Its parts, before it is asked for: whoever types at once must not type into nothing. */
export const prepareSearch = (): void => void fetchResults()

/** Ctrl K: any loan, person, receipt, page or move by typing; R: whose repayment is taken. Its parts are fetched when it is first opened. */
export const Palette = () => {
  const wanted = useSearchFor()
  // What it was for stays until it has gone: words do not change while it closes.
  const [last, setLast] = useState(wanted)
  if (wanted !== undefined && wanted !== last) setLast(wanted)
  const what = wanted ?? last ?? 'all'
  return (
    <Modal.Root
      classNames={{ content: styles.content ?? '' }}
      opened={wanted !== undefined}
      onClose={closeSearch}
      size={680}
      padding={0}
      yOffset={112}
      centered={false}
      transitionProps={{ duration: 80 }}
    >
      <Modal.Overlay backgroundOpacity={0.4} />
      <Modal.Content aria-label={what === 'repayment' ? 'Take a repayment' : 'Search everything'}>
        <Suspense fallback={<div className={styles.empty} />}>
          <Results what={what} onClose={closeSearch} />
        </Suspense>
      </Modal.Content>
    </Modal.Root>
  )
}

import { PAST_DUE_HOW } from '#services/arrears.ts'
import styles from '#components/bucket.module.css'

const WORDS: Record<string, string> = { current: 'Current' }
const COLOURS: Record<string, string> = { current: 'current', 'SMA-0': 'sma0', 'SMA-1': 'sma1', 'SMA-2': 'sma2', NPA: 'npa' }

export const bucketWord = (bucket: string): string => WORDS[bucket] ?? bucket
export const bucketColour = (bucket: string): string => `var(--hf-dpd-${COLOURS[bucket] ?? 'current'})`

/** The square of a days-past-due bucket, always beside its word. */
export const BucketSign = ({ bucket }: { readonly bucket: string }) => (
  <span className={styles.square} style={{ background: bucketColour(bucket) }} aria-hidden="true" />
)

export const Bucket = ({ bucket }: { readonly bucket: string }) => (
  <span className={styles.bucket}>
    <BucketSign bucket={bucket} />
    {bucketWord(bucket)}
  </span>
)

/** Days past due: number, square, word. */
export const Dpd = ({ dpd, bucket }: { readonly dpd: number; readonly bucket: string | null }) =>
  bucket === null ? (
    <span className={styles.none} data-none title="Days past due are counted while a loan is active">
      –
    </span>
  ) : (
    <span className={styles.dpd} title={PAST_DUE_HOW}>
      <b>{dpd}</b>
      <Bucket bucket={bucket} />
    </span>
  )

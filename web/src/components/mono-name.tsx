import { Fragment } from 'react'
import styles from '#components/mono-name.module.css'

/** A name as programs write it, `lending.principal_out_of_range`: where it has no room it goes on after a point, else after an underscore, never within a word. */
export const MonoName = ({ children }: { readonly children: string }) => (
  <code className={styles.name}>
    {children.split(/(?<=[.:])/).map((part, at) => (
      <span key={at} className={styles.part}>
        {part.split(/(?<=_)/).map((word, n) => (
          <Fragment key={n}>
            {n > 0 && <wbr />}
            {word}
          </Fragment>
        ))}
      </span>
    ))}
  </code>
)

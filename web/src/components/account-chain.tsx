import { useAccountName } from '#components/account-name.tsx'
import styles from '#components/account-chain.module.css'

export type Link = {
  readonly account: string
  readonly n: string
  readonly hash: string
  readonly state: 'sound' | 'altered' | 'open'
  readonly here: boolean
  readonly word: string
}

const W = 184
const H = 68
const GAP = 26
const KNOT = 54

const NOTE_MAX = 26

const cut = (hash: string) => `${hash.slice(0, 6)}…${hash.slice(-4)}`

const noteOf = (name: string): string => {
  const word = name.replace(/^loan_/, '')
  return word.length > NOTE_MAX ? `${word.slice(0, NOTE_MAX - 1)}…` : word
}

/** An account's chain drawn as links: sound solid, altered red, what comes after it dashed. */
export const AccountChain = ({ links }: { readonly links: readonly Link[] }) => {
  const note = noteOf(useAccountName(links[0]?.account ?? ''))
  const width = links.length * (W + GAP) - GAP + 4
  return (
    <div className={styles.scroll} role="region" aria-label={`The chain of account ${links[0]?.account ?? ''}`} tabIndex={0}>
      <svg
        width={width}
        viewBox={`0 0 ${width} ${H + 4}`}
        role="img"
        aria-label={links.map((link) => `link ${link.n} ${link.state}`).join(', ')}
      >
        {links.map((link, at) => {
          const x = 2 + at * (W + GAP)
          return (
            <g key={`${link.account}${link.n}`} className={styles.link} data-state={link.state} data-here={link.here || undefined}>
              <rect x={x} y={2} width={W} height={H} rx={10} className={styles.box} />
              <text x={x + 20} y={24} className={styles.word}>
                {link.n} · {link.word}
              </text>
              <text x={x + 20} y={41} className={styles.note}>
                {note}
              </text>
              <text x={x + 20} y={58} className={styles.hash}>
                {cut(link.hash)}
              </text>
            </g>
          )
        })}
        {links.slice(1).map((link, at) => (
          <rect
            key={`knot${link.n}`}
            x={2 + at * (W + GAP) + W + GAP / 2 - KNOT / 2}
            y={H - 23}
            width={KNOT}
            height={18}
            rx={9}
            className={styles.knot}
            data-state={link.state}
          />
        ))}
      </svg>
    </div>
  )
}

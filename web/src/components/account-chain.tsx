import { useAccountName } from '#components/account-name.tsx'
import { useWidth } from '#components/use-width.ts'
import { cutHash } from '#services/bytes.ts'
import styles from '#components/account-chain.module.css'

export type Link = {
  readonly account: string
  readonly n: string
  readonly hash: string
  readonly state: 'sound' | 'altered' | 'open'
  readonly here: boolean
  readonly word: string
}

/** A link is so wide where there is room, and no narrower than its words need. */
const W = 184
const W_LEAST = 128
const PAD = 20
const PAD_LEAST = 18
/** What a letter of the note takes on average. */
const LETTER = 5.3
const H = 68
const GAP = 26
const EDGE = 2
const KNOT = { long: 54, broad: 18 }
/** How far from the nearer side of the links their knots lie. */
const KNOT_IN = 9

const noteOf = (name: string, room: number): string => {
  const word = name.replace(/^Loan /, '')
  const most = Math.floor(room / LETTER)
  return word.length > most ? `${word.slice(0, most - 1)}…` : word
}

const lengthOf = (count: number, one: number) => count * (one + GAP) - GAP + 2 * EDGE

/** Where each link lies: beside the one before it, or beneath it where there is no room beside it. */
const layOut = (count: number, room: number) => {
  const beside = Math.min(W, Math.floor((room - 2 * EDGE + GAP) / count) - GAP)
  const down = room > 0 && beside < W_LEAST
  const wide = down || room === 0 ? W : beside
  const step = (down ? H : wide) + GAP
  const size = down ? { width: W + 2 * EDGE, height: lengthOf(count, H) } : { width: lengthOf(count, wide), height: H + 2 * EDGE }
  const link = (at: number) => (down ? { x: EDGE, y: EDGE + at * step } : { x: EDGE + at * step, y: EDGE })
  const knot = (at: number) => {
    const along = EDGE + at * step - GAP / 2 - KNOT.long / 2
    return down
      ? { x: wide - KNOT_IN - KNOT.broad, y: along, width: KNOT.broad, height: KNOT.long }
      : { x: along, y: H - KNOT_IN - KNOT.broad + 4, width: KNOT.long, height: KNOT.broad }
  }
  return { size, link, knot, wide, pad: wide < W ? PAD_LEAST : PAD }
}

/** An account's chain drawn as links: sound solid, altered red, what comes after it dashed. */
export const AccountChain = ({ links }: { readonly links: readonly Link[] }) => {
  const [box, room] = useWidth<HTMLDivElement>()
  const account = links[0]?.account ?? ''
  const { size, link: linkAt, knot: knotAt, wide, pad } = layOut(links.length, room)
  const note = noteOf(useAccountName(account), wide - 2 * pad)
  return (
    <div className={styles.chain} ref={box} style={{ flexBasis: lengthOf(links.length, W) }}>
      <svg
        {...size}
        viewBox={`0 0 ${size.width} ${size.height}`}
        role="img"
        aria-label={`The chain of account ${account}: ${links.map((link) => `link ${link.n} ${link.state}`).join(', ')}`}
      >
        {links.map((link, at) => {
          const { x, y } = linkAt(at)
          return (
            <g key={`${link.account}${link.n}`} className={styles.link} data-state={link.state} data-here={link.here || undefined}>
              <rect x={x} y={y} width={wide} height={H} rx={10} className={styles.box} />
              <text x={x + pad} y={y + 22} className={styles.word}>
                {link.n} · {link.word}
              </text>
              <text x={x + pad} y={y + 39} className={styles.note}>
                {note}
              </text>
              <text x={x + pad} y={y + 56} className={styles.hash}>
                {cutHash(link.hash)}
              </text>
            </g>
          )
        })}
        {links.map((link, at) =>
          at === 0 ? null : (
            <rect key={`knot${link.n}`} {...knotAt(at)} rx={KNOT.broad / 2} className={styles.knot} data-state={link.state} />
          ),
        )}
      </svg>
    </div>
  )
}

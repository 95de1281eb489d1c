import { useWidth } from '#components/use-width.ts'
import { cutHash, toHex } from '#services/bytes.ts'
import { counted } from '#services/counted.ts'
import type { Climb } from '#services/merkle.ts'
import type { Check } from '#services/verify.ts'
import styles from '#components/proof-path.module.css'

const ROW = 26
const TOP = 14
const CENTRE = 132
const ARM = 46
const WIDTH = 520
/** Less than this and the hashes of the drawing would lie on each other. */
const DRAWN_FROM = 440

const cut = (bytes: Uint8Array) => cutHash(toHex(bytes))

type Props = { readonly check: Check; readonly levels: readonly Climb[] }

const recordWord = ({ index }: Check) => `record ${(index + 1).toLocaleString('en-IN')}`
const levelWord = (at: number, { length }: readonly Climb[]) => (at === 0 ? 'root' : `level ${length - at}`)

/** The given hashes at the sides, the computed ones on the line. */
const Drawing = ({ check, levels }: Props) => {
  const floor = TOP + ROW * levels.length
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${floor + TOP}`}
      width={WIDTH}
      role="img"
      aria-label={`${counted(levels.length, 'hash leads', 'hashes lead')} from the record to the root`}
      className={styles.path}
    >
      <line x1={CENTRE} x2={CENTRE} y1={TOP} y2={floor} className={styles.line} />
      {levels.map((level, at) => {
        const y = TOP + ROW * at
        const side = level.side === 'left' ? -1 : 1
        const end = CENTRE + side * ARM
        return (
          <g key={toHex(level.hash)}>
            <path d={`M${CENTRE},${y + 8} C${CENTRE},${y + ROW - 8} ${end},${y + 4} ${end},${y + ROW - 9}`} className={styles.arm} />
            <rect x={end - 5} y={y + ROW - 9} width={10} height={10} rx={2} className={styles.given} />
            <text x={end + side * 12} y={y + ROW} textAnchor={side < 0 ? 'end' : 'start'} className={styles.hash}>
              {cut(level.sibling)}
            </text>
            {at === 0 ? (
              <rect x={CENTRE - 8} y={y - 8} width={16} height={16} rx={4} className={styles.dot} />
            ) : (
              <circle cx={CENTRE} cy={y} r={5} className={styles.dot} />
            )}
            <text x={320} y={y + 4} className={at === 0 ? styles.root : styles.level}>
              {levelWord(at, levels)}
            </text>
            <text x={WIDTH - 4} y={y + 4} textAnchor="end" className={styles.hash}>
              {cut(level.hash)}
            </text>
          </g>
        )
      })}
      <circle cx={CENTRE} cy={floor} r={5} className={styles.dot} />
      <text x={320} y={floor + 4} className={styles.level}>
        {recordWord(check)}
      </text>
      <text x={WIDTH - 4} y={floor + 4} textAnchor="end" className={styles.hash}>
        {cut(check.leaf)}
      </text>
    </svg>
  )
}

/** The same where there is no room to draw it: each computed hash on the line, and beneath it which given one it was made with. */
const Lines = ({ check, levels }: Props) => (
  <ol className={styles.lines}>
    {levels.map((level, at) => (
      <li key={toHex(level.hash)} data-root={at === 0 || undefined}>
        <span className={styles.word}>{levelWord(at, levels)}</span> <code>{cut(level.hash)}</code>
        <span className={styles.with}>
          of <code>{cut(level.sibling)}</code> at the {level.side} and the one below
        </span>
      </li>
    ))}
    <li>
      <span className={styles.word}>{recordWord(check)}</span> <code>{cut(check.leaf)}</code>
    </li>
  </ol>
)

/** The hashes from the record up to the root. */
export const ProofPath = ({ check }: { readonly check: Check }) => {
  const [box, width] = useWidth<HTMLDivElement>()
  const levels = [...check.path].toReversed()
  const rooted = check.steps.find((step) => step.id === 'log')?.holds === true
  return (
    <div ref={box} data-holds={rooted} className={styles.box}>
      {width > 0 && (width < DRAWN_FROM ? <Lines check={check} levels={levels} /> : <Drawing check={check} levels={levels} />)}
    </div>
  )
}

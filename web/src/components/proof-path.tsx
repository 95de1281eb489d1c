import { toHex } from '#services/bytes.ts'
import type { Check } from '#services/verify.ts'
import styles from '#components/proof-path.module.css'

const ROW = 26
const TOP = 14
const CENTRE = 132
const ARM = 46
const WIDTH = 520

const cut = (bytes: Uint8Array) => {
  const hex = toHex(bytes)
  return `${hex.slice(0, 6)}…${hex.slice(-4)}`
}

/** The hashes from the record up to the root: the given ones at the sides, the computed ones on the line. */
export const ProofPath = ({ check }: { readonly check: Check }) => {
  const levels = [...check.path].toReversed()
  const height = TOP * 2 + ROW * levels.length
  const rooted = check.steps.find((step) => step.id === 'log')?.holds === true
  return (
    <div className={styles.scroll} role="region" aria-label="Path to the root" tabIndex={0}>
      <svg
        viewBox={`0 0 ${WIDTH} ${height}`}
        width={WIDTH}
        role="img"
        aria-label={`${levels.length} hashes lead from the record to the root`}
        className={styles.path}
        data-holds={rooted}
      >
        <line x1={CENTRE} x2={CENTRE} y1={TOP} y2={TOP + ROW * levels.length} className={styles.line} />
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
                {at === 0 ? 'root' : `level ${levels.length - at}`}
              </text>
              <text x={WIDTH - 4} y={y + 4} textAnchor="end" className={styles.hash}>
                {cut(level.hash)}
              </text>
            </g>
          )
        })}
        <circle cx={CENTRE} cy={TOP + ROW * levels.length} r={5} className={styles.dot} />
        <text x={320} y={TOP + ROW * levels.length + 4} className={styles.level}>
          record {(check.index + 1).toLocaleString('en-IN')}
        </text>
        <text x={WIDTH - 4} y={TOP + ROW * levels.length + 4} textAnchor="end" className={styles.hash}>
          {cut(check.leaf)}
        </text>
      </svg>
    </div>
  )
}

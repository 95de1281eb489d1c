import { EDGE, geometryOf, type Bar, type Geometry } from '#components/bar-geometry.ts'
import { Legend } from '#components/legend.tsx'
import { useBarPick } from '#components/use-bar-pick.ts'
import { useWidth } from '#components/use-width.ts'
import { groupDigits, moneyWithSymbol } from '#services/money.ts'
import { dateText, dayMonth, monthYear } from '#services/when.ts'
import styles from '#components/schedule-bars.module.css'

type Props = {
  readonly bars: readonly Bar[]
  readonly currency: string
  readonly today?: string
  readonly height?: number
  readonly title?: string
}

const TODAY_WORD_PX = 120
const SIDES = { from: EDGE.left, to: EDGE.right }

const Grid = ({ at, currency }: { readonly at: Geometry; readonly currency: string }) =>
  at.ticks.map((tick) => {
    const y = at.y(tick * at.unit.minor)
    return (
      <g key={tick}>
        <line x1={EDGE.left} x2={at.width - EDGE.right} y1={y} y2={y} className={tick === 0 ? styles.base : styles.grid} />
        <text x={EDGE.left - 8} y={y + 4} textAnchor="end" className={styles.label}>
          {groupDigits(tick, currency)}
        </text>
      </g>
    )
  })

type OneProps = { readonly bar: Bar; readonly index: number; readonly at: Geometry; readonly pale: boolean; readonly read: boolean }

const One = ({ bar, index, at, pale, read }: OneProps) => {
  const x = at.x(index)
  const middle = at.y(bar.principal)
  const top = at.y(bar.principal + bar.interest)
  return (
    <g>
      {read && <rect x={EDGE.left + at.slot * index} y={EDGE.top} width={at.slot} height={at.floor - EDGE.top} className={styles.read} />}
      <g opacity={pale ? 0.42 : 1}>
        <rect x={x} y={middle} width={at.bar} height={Math.max(0, at.floor - middle)} fill="var(--hf-c1)" />
        <rect x={x} y={top} width={at.bar} height={Math.max(0, middle - top - 1)} fill="var(--hf-c2)" />
      </g>
      {bar.state === 'late' && <rect x={x - 2} y={top - 2} width={at.bar + 4} height={at.floor - top + 2} rx={2} className={styles.late} />}
      {index % at.every === 0 && (
        <text x={x + at.bar / 2} y={at.height - 7} textAnchor="middle" className={styles.label}>
          {monthYear(bar.dueOn)}
        </text>
      )}
    </g>
  )
}

const Today = ({ at, today }: { readonly at: Geometry; readonly today: string }) => {
  if (at.todayAt === undefined) return null
  const atEnd = at.todayAt > at.width - TODAY_WORD_PX
  return (
    <g>
      <line x1={at.todayAt} x2={at.todayAt} y1={10} y2={at.floor} className={styles.today} />
      <text x={at.todayAt + (atEnd ? -6 : 6)} textAnchor={atEnd ? 'end' : 'start'} y={14} className={styles.todayWord}>
        Today, {dayMonth(today)}
      </text>
    </g>
  )
}

const figuresOf = (bar: Bar, currency: string) =>
  `${bar.number} · ${dateText(bar.dueOn)} · ${moneyWithSymbol(bar.principal, currency)} + ${moneyWithSymbol(bar.interest, currency)}`

/** The schedule as stacked bars of principal and interest, with today's line; what is to come is paler, what is overdue outlined. */
export const ScheduleBars = ({ bars, currency, today, height = 190, title }: Props) => {
  const [box, width] = useWidth<HTMLDivElement>()
  const say = (index: number) => (bars[index] ? figuresOf(bars[index], currency) : '')
  const { at: read, chart } = useBarPick(bars.length, 'Principal and interest, instalment by instalment', say, SIDES)
  const at = geometryOf(bars, currency, today, { width, height })
  const seen = read === undefined ? undefined : bars[read]
  const entries = [
    ['c1', 'Principal'] as const,
    ['c2', 'Interest'] as const,
    ...(at.toCome > 0 ? [['c1', 'To come', 'pale'] as const] : []),
    ...(bars.some((bar) => bar.state === 'late') ? [['bad', 'Overdue', 'ring'] as const] : []),
  ]
  return (
    <figure ref={box} className={styles.figure}>
      <figcaption className={styles.caption}>
        {title && <h2>{title}</h2>}
        <Legend entries={entries} />
        <span className={styles.unit}>{seen ? figuresOf(seen, currency) : `${at.unit.word} an instalment`}</span>
      </figcaption>
      {width > 0 && (
        <div {...chart} className={styles.chart}>
          <svg width={width} height={height} aria-hidden="true">
            <Grid at={at} currency={currency} />
            {bars.map((bar, index) => {
              const pale = today !== undefined && bar.dueOn > today && bar.state !== 'paid'
              return <One key={bar.number} bar={bar} index={index} at={at} pale={pale} read={index === read} />
            })}
            {today !== undefined && <Today at={at} today={today} />}
          </svg>
        </div>
      )}
    </figure>
  )
}

import { useId, useState } from 'react'
import { useWidth } from '#components/use-width.ts'
import { Legend } from '#components/legend.tsx'
import { exponentOf, groupDigits, moneyWithSymbol } from '#services/money.ts'
import { dateText, dayMonth, monthYear } from '#services/when.ts'
import styles from '#components/schedule-bars.module.css'

export type Bar = {
  readonly number: number
  readonly dueOn: string
  readonly principal: number
  readonly interest: number
  readonly state?: 'paid' | 'part' | 'late' | 'due' | 'to come'
}
type Props = {
  readonly bars: readonly Bar[]
  readonly currency: string
  readonly today?: string
  readonly height?: number
  readonly title?: string
}

const LEFT = 48
const RIGHT = 8
const TOP = 22
const BOTTOM = 24
const TICKS = 3
const LABEL_EVERY_PX = 74
const GAP = 0.36

const niceStep = (most: number): number => {
  const rough = most / TICKS
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)))
  return ([1, 2, 2.5, 4, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power
}

const useScale = (bars: readonly Bar[], currency: string) => {
  const unit = 10 ** exponentOf(currency)
  const most = Math.max(1, ...bars.map((bar) => (bar.principal + bar.interest) / unit))
  const step = niceStep(most)
  const ticks = Array.from({ length: Math.ceil(most / step) + 1 }, (_, at) => at * step)
  return { unit, top: ticks.at(-1) ?? 1, ticks }
}

/** The schedule as stacked bars of principal and interest, with today's line; what is to come is paler, what is overdue outlined. */
export const ScheduleBars = ({ bars, currency, today, height = 190, title }: Props) => {
  const [box, width] = useWidth<HTMLDivElement>()
  const [hover, setHover] = useState<number>()
  const name = useId()
  const { unit, top, ticks } = useScale(bars, currency)
  const inner = Math.max(0, width - LEFT - RIGHT)
  const tall = height - TOP - BOTTOM
  const slot = inner / Math.max(1, bars.length)
  const y = (amount: number) => TOP + tall - (amount / top) * tall
  const every = Math.max(1, Math.ceil(LABEL_EVERY_PX / Math.max(1, slot)))
  const afterToday = today === undefined ? -1 : bars.findIndex((bar) => bar.dueOn > today)
  const lineAt = today === undefined ? undefined : LEFT + slot * (afterToday < 0 ? bars.length : afterToday)
  const isLate = bars.some((bar) => bar.state === 'late')
  const seen = hover === undefined ? undefined : bars[hover]
  return (
    <figure ref={box} className={styles.figure}>
      <figcaption className={styles.caption} id={name}>
        {title && <h2>{title}</h2>}
        <Legend
          entries={[
            ['c1', 'Principal'],
            ['c2', 'Interest'],
            ...(today !== undefined && afterToday >= 0 ? ([['c1', 'To come', 'pale']] as const) : []),
            ...(isLate ? ([['bad', 'Overdue', 'ring']] as const) : []),
          ]}
        />
        <span className={styles.unit} aria-live="off">
          {seen
            ? `${seen.number} · ${dateText(seen.dueOn)} · ${moneyWithSymbol(seen.principal, currency)} + ${moneyWithSymbol(seen.interest, currency)}`
            : `${currency === 'INR' ? '₹' : currency} an instalment`}
        </span>
      </figcaption>
      {width > 0 && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`${bars.length} instalments as bars of principal and interest; the same figures are in the table below`}
          onPointerLeave={() => setHover(undefined)}
        >
          {ticks.map((tick) => (
            <g key={tick}>
              <line x1={LEFT} x2={width - RIGHT} y1={y(tick)} y2={y(tick)} className={tick === 0 ? styles.base : styles.grid} />
              <text x={LEFT - 8} y={y(tick) + 4} textAnchor="end" className={styles.label}>
                {groupDigits(tick, currency)}
              </text>
            </g>
          ))}
          {bars.map((bar, at) => {
            const x = LEFT + slot * (at + GAP / 2)
            const w = slot * (1 - GAP)
            const p = y(bar.principal / unit)
            const whole = y((bar.principal + bar.interest) / unit)
            const toCome = today !== undefined && bar.dueOn > today && bar.state !== 'paid'
            return (
              <g key={bar.number} onPointerEnter={() => setHover(at)}>
                <rect x={LEFT + slot * at} y={TOP} width={slot} height={tall} fill="transparent" />
                <g opacity={toCome ? 0.42 : 1}>
                  <rect x={x} y={p} width={w} height={Math.max(0, TOP + tall - p)} fill="var(--hf-c1)" />
                  <rect x={x} y={whole} width={w} height={Math.max(0, p - whole - 1)} fill="var(--hf-c2)" />
                </g>
                {bar.state === 'late' && (
                  <rect x={x - 2} y={whole - 2} width={w + 4} height={TOP + tall - whole + 2} rx={2} className={styles.late} />
                )}
                {at % every === 0 && (
                  <text x={x + w / 2} y={height - 7} textAnchor="middle" className={styles.label}>
                    {monthYear(bar.dueOn)}
                  </text>
                )}
              </g>
            )
          })}
          {lineAt !== undefined && today !== undefined && (
            <g>
              <line x1={lineAt} x2={lineAt} y1={10} y2={TOP + tall} className={styles.today} />
              <text
                x={lineAt > width - 120 ? lineAt - 6 : lineAt + 6}
                textAnchor={lineAt > width - 120 ? 'end' : 'start'}
                y={14}
                className={styles.todayWord}
              >
                Today, {dayMonth(today)}
              </text>
            </g>
          )}
        </svg>
      )}
    </figure>
  )
}

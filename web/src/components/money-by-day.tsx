import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useBarPick } from '#components/use-bar-pick.ts'
import { useWidth } from '#components/use-width.ts'
import { moneyWithSymbol } from '#services/money.ts'
import type { Overview } from '#services/overview.ts'
import { dateText, dayMonth } from '#services/when.ts'
import styles from '#components/money-by-day.module.css'

const HEIGHT = 260
const BAR = 0.72
const HEADROOM = 1.08
/** The room of the figures at the left and of the last day's word at the right. */
const EDGE = { from: 46, to: 18 }

const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(`--hf-${name}`).trim()

/** Diagonal lines on nothing: part of a day. */
const hatch = (line: string): CanvasPattern | string => {
  const tile = document.createElement('canvas')
  tile.width = tile.height = 8
  const pen = tile.getContext('2d')
  if (!pen) return line
  pen.strokeStyle = line
  pen.lineWidth = 1.6
  for (const from of [-8, 0, 8]) {
    pen.moveTo(from, 8)
    pen.lineTo(from + 8, 0)
  }
  pen.stroke()
  return pen.createPattern(tile, 'repeat') ?? line
}

/** Draws one day's two bars; the last day isn't over and is hatched. */
const drawBars = (plot: uPlot, days: Overview['moneyByDay'], unit: number) => {
  const { ctx } = plot
  const width = plot.bbox.width / Math.max(1, days.length)
  const zero = plot.valToPos(0, 'y', true)
  const bar = (at: number, amount: number, name: string) => {
    if (amount === 0) return
    const top = plot.valToPos(amount, 'y', true)
    const x = plot.bbox.left + width * (at + (1 - BAR) / 2)
    const last = at === days.length - 1
    ctx.fillStyle = last ? hatch(colour(name)) : colour(name)
    ctx.strokeStyle = colour(name)
    ctx.beginPath()
    ctx.roundRect(x, Math.min(top, zero), width * BAR, Math.max(1, Math.abs(zero - top)), 2 * devicePixelRatio)
    ctx.fill()
    if (last) ctx.stroke()
  }
  ctx.save()
  days.forEach((day, at) => {
    bar(at, day.in / unit, 'c1')
    bar(at, -day.out / unit, 'c2')
  })
  ctx.restore()
}

const LEAST_SHARE = 0.16
/** The largest figure, and how far the axis reaches up and down: as far as each side needs, and each so far that it can be seen. */
const spanOf = (days: Overview['moneyByDay'], unit: number): readonly [most: number, up: number, down: number] => {
  const up = Math.max(0, ...days.map((day) => day.in / unit)) * HEADROOM
  const down = Math.max(0, ...days.map((day) => day.out / unit)) * HEADROOM
  const most = Math.max(0.1, up, down)
  return [most, Math.max(up, most * LEAST_SHARE), Math.max(down, most * LEAST_SHARE)]
}

const optionsFor = (days: Overview['moneyByDay'], width: number, unit: number): uPlot.Options => {
  const quiet = colour('text-3')
  const [most, up, down] = spanOf(days, unit)
  const axis = { stroke: quiet, font: "12px 'Inter Variable'", ticks: { show: false } }
  return {
    width,
    height: HEIGHT,
    padding: [8, EDGE.to, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: [-0.5, days.length - 0.5] }, y: { range: [-down, up] } },
    series: [{}, { paths: () => null, points: { show: false } }, { paths: () => null, points: { show: false } }],
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 26,
        splits: () => days.map((_, at) => at).filter((at) => (days.length - 1 - at) % 7 === 0),
        values: (_plot, splits) => splits.map((at) => (at === days.length - 1 ? 'Today' : dayMonth(days[at]?.on ?? ''))),
      },
      {
        ...axis,
        grid: { stroke: colour('border'), width: 1 },
        size: EDGE.from,
        values: (_plot, splits) => splits.map((value) => (value === 0 ? '0' : Math.abs(value).toFixed(most < 1 ? 2 : most < 100 ? 1 : 0))),
      },
    ],
    hooks: { draw: [(plot) => drawBars(plot, days, unit)] },
  }
}

type Props = { readonly days: Overview['moneyByDay']; readonly unit: number; readonly onRead: (day: number | undefined) => void }

const dayFigures = (day: Overview['moneyByDay'][number] | undefined): string =>
  day ? `${dateText(day.on)}: in ${moneyWithSymbol(day.in)}, out ${moneyWithSymbol(day.out)}` : ''

/** Money in above the line, out below, in minor units of `unit`; drawn again when the scheme or the width changes. `onRead`: the day in hand. */
export const MoneyByDay = ({ days, unit, onRead }: Props) => {
  const [box, width] = useWidth<HTMLDivElement>()
  const place = useRef<HTMLDivElement>(null)
  const scheme = useComputedColorScheme('light')
  const { at, chart } = useBarPick(days.length, 'Money in and out, day by day', (day) => dayFigures(days[day]), EDGE)
  useEffect(() => onRead(at), [at, onRead])
  useEffect(() => {
    if (width === 0 || !place.current) return undefined
    const data: uPlot.AlignedData = [days.map((_, day) => day), days.map((day) => day.in / unit), days.map((day) => -day.out / unit)]
    const plot = new uPlot(optionsFor(days, width, unit), data, place.current)
    return () => plot.destroy()
  }, [days, unit, width, scheme])
  const slot = (width - EDGE.from - EDGE.to) / Math.max(1, days.length)
  return (
    <div ref={box} {...chart} className={styles.chart} style={{ minHeight: HEIGHT }}>
      <div ref={place} aria-hidden="true" />
      {at !== undefined && <div className={styles.read} style={{ left: EDGE.from + slot * at, width: slot }} />}
    </div>
  )
}

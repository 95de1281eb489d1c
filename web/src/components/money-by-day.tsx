import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useWidth } from '#components/use-width.ts'
import type { Overview } from '#services/overview.ts'
import { dayMonth } from '#services/when.ts'

const HEIGHT = 260
const BAR = 0.72

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

const optionsFor = (days: Overview['moneyByDay'], width: number, unit: number): uPlot.Options => {
  const quiet = colour('text-3')
  const most = Math.max(0.1, ...days.map((day) => Math.max(day.in, day.out) / unit)) * 1.08
  const axis = { stroke: quiet, font: "12px 'Inter Variable'", ticks: { show: false } }
  return {
    width,
    height: HEIGHT,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: [-0.5, days.length - 0.5] }, y: { range: [-most, most] } },
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
        size: 46,
        values: (_plot, splits) => splits.map((value) => (value === 0 ? '0' : Math.abs(value).toFixed(most < 1 ? 2 : most < 100 ? 1 : 0))),
      },
    ],
    hooks: { draw: [(plot) => drawBars(plot, days, unit)] },
  }
}

/** Money in above the line, out below, in minor units of `unit`; drawn again when the scheme or the width changes. */
export const MoneyByDay = ({ days, unit }: { readonly days: Overview['moneyByDay']; readonly unit: number }) => {
  const [box, width] = useWidth<HTMLDivElement>()
  const place = useRef<HTMLDivElement>(null)
  const scheme = useComputedColorScheme('light')
  useEffect(() => {
    if (width === 0 || !place.current) return undefined
    const data: uPlot.AlignedData = [days.map((_, at) => at), days.map((day) => day.in / unit), days.map((day) => -day.out / unit)]
    const plot = new uPlot(optionsFor(days, width, unit), data, place.current)
    return () => plot.destroy()
  }, [days, unit, width, scheme])
  return (
    <div ref={box} style={{ minHeight: HEIGHT }}>
      <div ref={place} role="img" aria-label="Money in and out by day, as bars; the same figures are in the table behind “as table”" />
    </div>
  )
}

import { useState, type KeyboardEvent, type PointerEvent } from 'react'

/**
 * Which bar of a chart is read: the one that is pointed at, or by keyboard the one that arrows walk to. A chart that is read so is a slider for
 * whoever does not see it: each step says its bar. `from` and `to`: how far from its own sides the bars of the chart lie.
 */
export const useBarPick = (
  count: number,
  name: string,
  say: (at: number) => string,
  { from, to }: { readonly from: number; readonly to: number },
) => {
  const [at, setAt] = useState<number>()
  const last = Math.max(0, count - 1)
  const step = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key]
    const next = event.key === 'Home' ? 0 : event.key === 'End' ? last : by === undefined ? undefined : (at ?? last - by) + by
    if (event.key === 'Escape' && at !== undefined) setAt(undefined)
    else if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    else setAt(Math.max(0, Math.min(last, next)))
    event.preventDefault()
  }
  const point = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    const place = Math.floor(((event.clientX - left - from) / Math.max(1, width - from - to)) * count)
    setAt(place >= 0 && place < count ? place : undefined)
  }
  return {
    at,
    chart: {
      role: 'slider',
      tabIndex: 0,
      'aria-label': name,
      'aria-valuemin': 1,
      'aria-valuemax': count,
      'aria-valuenow': (at ?? last) + 1,
      'aria-valuetext': say(at ?? last),
      onKeyDown: step,
      onPointerMove: point,
      onPointerLeave: () => setAt(undefined),
      onBlur: () => setAt(undefined),
    },
  } as const
}

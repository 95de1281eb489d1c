import { useCallback, useState, type RefCallback } from 'react'

/** The element's width in pixels, followed as it changes; 0 before the first measure. */
export const useWidth = <Shape extends HTMLElement>(): readonly [RefCallback<Shape>, number] => {
  const [width, setWidth] = useState(0)
  const ref = useCallback((element: Shape | null) => {
    if (!element) return
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [ref, width]
}

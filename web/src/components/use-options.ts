import { useState, type KeyboardEvent } from 'react'

/** Arrow keys over a list of options under a text box: which one is in hand, and what Enter takes. */
export const useOptions = <Option>(options: readonly Option[], take: (option: Option, newTab: boolean) => void) => {
  const [at, setAt] = useState(0)
  const here = Math.min(at, options.length - 1)
  const hear = (event: KeyboardEvent) => {
    if (options.length === 0) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setAt((here + (event.key === 'ArrowDown' ? 1 : options.length - 1)) % options.length)
    }
    const option = options[here]
    if (event.key === 'Enter' && option !== undefined) {
      event.preventDefault()
      take(option, event.ctrlKey || event.metaKey)
    }
  }
  return { here, setAt, hear }
}

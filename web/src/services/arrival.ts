import type { AnyRouter } from '@tanstack/react-router'

// A page that is drawn in place of another says nothing by itself to whoever does not see it, and the focus stays at a link of the page before,
// or nowhere. So the focus goes to the new page's heading, once and only when the page has come. A field that took the focus by itself keeps it;
// then the heading is only said.

let going: { readonly from: Element | null; readonly drawn: boolean } | undefined

const AGAIN_MS = 50
const say = (text: string): void => {
  const place = document.querySelector('#said')
  if (!place) return
  // The same words twice are said twice only if they were gone between.
  place.textContent = ''
  setTimeout(() => (place.textContent = text), AGAIN_MS)
}

/** Whoever went on by themselves, to a part of the new page or into a dialog, is left there. */
const isElsewhere = (from: Element | null): boolean => {
  const now = document.activeElement
  if (now === null || now === document.body || now === from) return false
  const dialog = now.closest('[role="dialog"]')
  return dialog ? dialog !== from?.closest('[role="dialog"]') : now.closest('main') !== null && now.id !== 'page'
}

/** Called by each page that has come; does something only after a way to another address. */
export const arrive = (): void => {
  const heading = document.querySelector<HTMLElement>('main h1')
  if (!going?.drawn || !heading || heading.closest('[data-waiting]')) return
  const { from } = going
  going = undefined
  if (isElsewhere(from) || document.activeElement === heading) return say(heading.innerText)
  heading.tabIndex = -1
  heading.focus({ preventScroll: true })
}

/** From now on every way to another page ends at its heading. What is loaded anew, and a tab of the same page, is left alone. */
export const followArrivals = (router: AnyRouter): void => {
  router.subscribe('onBeforeNavigate', ({ fromLocation, pathChanged }) => {
    if (fromLocation && pathChanged) going = { from: document.activeElement, drawn: false }
  })
  router.subscribe('onRendered', () => {
    if (going) going = { ...going, drawn: true }
    arrive()
  })
}

import { useNavigate, useSearch } from '@tanstack/react-router'

export type UrlState = Readonly<Record<string, string | undefined>>

/** Reads the address's search as plain text; whatever else stands there is left out. */
export const readSearch = (search: Record<string, unknown>): UrlState =>
  Object.fromEntries(
    Object.entries(search).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
    ),
  )

// `?instalments=24`, not `?instalments="24"`: the address is read and typed by people.
export const parseSearch = (text: string): UrlState => Object.fromEntries(new URLSearchParams(text))
export const stringifySearch = (search: Record<string, unknown>): string => {
  const text = new URLSearchParams(readSearch(search) as Record<string, string>).toString()
  return text ? `?${text}` : ''
}

/** A whole number from an address, where anything may stand. */
export const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined

/** The page's state lives in its address, so that a colleague with the link sees the same. Empty means absent. */
export const useUrl = (): readonly [UrlState, (change: UrlState, how?: 'push' | 'replace') => void] => {
  const state: UrlState = useSearch({ strict: false })
  const navigate = useNavigate()
  const set = (change: UrlState, how: 'push' | 'replace' = 'replace') => {
    const next = Object.fromEntries(Object.entries({ ...state, ...change }).filter(([, value]) => value !== undefined && value !== ''))
    void navigate({ to: '.', search: next, replace: how === 'replace', resetScroll: false })
  }
  return [state, set]
}

import { queryOptions, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { cameHere, changesHere, onOtherHere } from '#services/here.ts'
import { api } from '#services/http.ts'

export type Person = {
  readonly id: string
  readonly name: string
  readonly phone: string | null
  readonly email: string | null
  readonly pan: string | null
  readonly roles: readonly string[]
  readonly login: string | null
  readonly state: string
  readonly createdAt: string
}

export type Session = { readonly person: Person; readonly roles: readonly string[]; readonly permissions: readonly string[] }

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => api<Session>('/api/v1/sessions/current', { signal }),
  staleTime: 5 * 60_000,
  retry: false,
})

export const signIn = (login: string, password: string) => {
  changesHere()
  return api<{ person: Person }>('/api/v1/sessions', { body: { login, password } })
}

export const signOut = () => api<void>('/api/v1/sessions/current', { method: 'DELETE' })

/**
 * Tabs share one session: whoever signs in in one of them is signed in in all. A tab that still shows somebody else is read anew, before what
 * was begun there under one name is sent under another.
 */
export const useOnePerson = (): void => {
  const person = useQuery(sessionQuery).data?.person.id
  useEffect(() => {
    if (person === undefined) return undefined
    cameHere(person)
    return onOtherHere(person, () => location.reload())
  }, [person])
}

/** May the caller run this operation or see this view? Unknown while the session loads: then no. */
export const useMay = (): ((name: string) => boolean) => {
  const { data } = useQuery(sessionQuery)
  const names = new Set(data?.permissions ?? [])
  return (name) => names.has(name)
}

/** Somebody of the company, not only a borrower: who may take cash and record what others paid. */
export const useIsStaff = (): boolean => useQuery(sessionQuery).data?.roles.some((role) => role !== 'borrower') ?? false

const ROLES: Record<string, string> = {
  admin: 'Admin',
  credit_officer: 'Credit officer',
  cashier: 'Cashier',
  auditor: 'Auditor',
  borrower: 'Borrower',
}
export const roleWord = (role: string | undefined): string => (role ? (ROLES[role] ?? role) : 'No role')

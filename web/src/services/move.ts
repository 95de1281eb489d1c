import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { isHere } from '#services/here.ts'
import { api, isRefusal, LostAnswer } from '#services/http.ts'
import { sessionQuery } from '#services/session.ts'

// A move is sent at most once in effect: its key is made when its form opens and kept, with the body once sent, until there is an answer.
// A double click, a reload and a lost answer all come back to the same key, and so to the first answer.

type Sent = { readonly path: string; readonly body: unknown; readonly method?: 'POST' | 'PUT' }
type Kept = { readonly key: string; readonly sent?: Sent }

const RETRY_AFTER_MS = [1_000, 2_000, 4_000, 8_000]
const place = (name: string) => `holdfast-move:${name}`

const read = (name: string): Kept | undefined => {
  const text = sessionStorage.getItem(place(name))
  try {
    return text === null ? undefined : (JSON.parse(text) as Kept)
  } catch {
    // not written by this console: the form begins anew
    return undefined
  }
}
const keep = (name: string, kept: Kept): void => sessionStorage.setItem(place(name), JSON.stringify(kept))
const forget = (name: string): void => sessionStorage.removeItem(place(name))

const opened = (name: string): Kept => {
  const kept = read(name) ?? { key: crypto.randomUUID() }
  keep(name, kept)
  return kept
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

export type MoveState = 'form' | 'sent' | 'asking' | 'refused' | 'lost' | 'done'

const BUSY = 'operations.key_in_flight'
/** Refused before anyone looked at the key: says that this try did nothing, and nothing of an earlier one. */
const tellsNothing = (error: unknown): boolean =>
  isRefusal(error) && ([401, 403, 429].includes(error.problem.status) || error.problem.status >= 500)

type Trial = {
  readonly key: string
  readonly sent: Sent
  readonly lost: boolean
  readonly onLost: () => void
  /** Its form is still open, before the same person: a key is its caller's own, and under another name the same would be done again. */
  readonly stays: () => boolean
}

/** Sends, and while nobody knows what became of it sends the same again with the same key, a bounded number of times. */
const sendUntilAnswered = async <Answer>({ key, sent, lost, onLost, stays }: Trial): Promise<Answer> => {
  let unknown = lost
  for (const wait of [...RETRY_AFTER_MS, undefined]) {
    try {
      return await api<Answer>(sent.path, { method: sent.method ?? 'POST', body: sent.body, key })
    } catch (error) {
      unknown ||= error instanceof LostAnswer || (isRefusal(error, 409) && error.problem.code === BUSY)
      const open = error instanceof LostAnswer || (isRefusal(error) && error.problem.code === BUSY) || (unknown && tellsNothing(error))
      if (!open) throw error
      if (wait === undefined || isRefusal(error, 401)) throw new LostAnswer('No answer came.', { cause: error })
      onLost()
      await pause(wait)
      if (!stays()) throw new LostAnswer('Left before the answer came.', { cause: error })
    }
  }
  throw new LostAnswer('No answer came.')
}

type Phase = { readonly isSuccess: boolean; readonly isPending: boolean; readonly isError: boolean; readonly error: unknown }
const stateOf = (phase: Phase, asking: boolean): MoveState => {
  if (phase.isSuccess) return 'done'
  if (phase.isPending) return asking ? 'asking' : 'sent'
  if (phase.error instanceof LostAnswer) return 'lost'
  return phase.isError ? 'refused' : 'form'
}

/** True as long as the component is shown. */
const useOpen = () => {
  const open = useRef(false)
  useEffect(() => {
    open.current = true
    return () => {
      open.current = false
    }
  }, [])
  return open
}

/**
 * One move of one form. `what` says which thing it is about, so that two loans never share a key, nor do two people who sign in one after the
 * other in one tab: a key is its caller's own, and what one of them sent must not be asked for, and so done again, by the next. A body that went out stays with its
 * key until an answer came: a double click, a reload and a lost answer all come to the answer of the first. `secret`: the body holds a
 * password and is not kept, so that after a reload it has to be typed again.
 */
export const useMove = <Answer>(what: string, { secret = false }: { readonly secret?: boolean } = {}) => {
  const queries = useQueryClient()
  const person = useQuery(sessionQuery).data?.person.id ?? ''
  const name = `${person}:${what}`
  const open = useOpen()
  const [kept, setKept] = useState(() => opened(name))
  const [asking, setAsking] = useState(false)
  const begin = () => {
    forget(name)
    setKept(opened(name))
  }
  const mutation = useMutation({
    mutationFn: (sent: Sent) => {
      const lost = read(name)?.sent !== undefined
      if (!secret) keep(name, { ...kept, sent })
      return sendUntilAnswered<Answer>({
        key: kept.key,
        sent,
        lost,
        onLost: () => setAsking(true),
        stays: () => open.current && isHere(person),
      })
    },
    onSuccess: () => {
      forget(name)
      void queries.invalidateQueries()
    },
    // refused: nothing happened, and the changed form is another request with a key of its own
    onError: (error) => {
      if (!(error instanceof LostAnswer)) begin()
      // refused because it is no longer as it was shown: show how it is
      if (isRefusal(error, 409) || isRefusal(error, 422)) void queries.invalidateQueries()
      // signed out meanwhile: the page's own questions lead to the sign-in and back, where what was sent is asked about
      if (error instanceof LostAnswer && isRefusal(error.cause, 401)) void queries.invalidateQueries()
    },
    onSettled: () => setAsking(false),
  })
  const { mutate, reset, isPending, isSuccess } = mutation
  const state = stateOf(mutation, asking)
  // sent before a reload, and no answer seen: ask what became of it before anything else may be sent
  const unanswered = kept.sent
  useEffect(() => {
    if (unanswered) mutate(unanswered)
  }, [mutate, unanswered])
  const submit = (path: string, body: unknown, method: 'POST' | 'PUT' = 'POST') => {
    const before = state === 'lost' ? read(name)?.sent : undefined
    if (!isPending && !isSuccess) mutate(before ?? { path, body, method })
  }
  const anew = () => {
    begin()
    reset()
  }
  // what went out, also before a reload: the receipt tells of that, not of what the form holds now
  const sent = mutation.variables?.body
  return { state, submit, anew, key: kept.key, sent, answer: mutation.data, error: mutation.error }
}

/** A figure of a body that went out. */
export const sentFigure = (sent: unknown, name: string): number => {
  const figure = typeof sent === 'object' && sent !== null ? (sent as Readonly<Record<string, unknown>>)[name] : undefined
  return typeof figure === 'number' ? figure : 0
}

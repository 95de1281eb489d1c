import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, LostAnswer } from '#services/http.ts'

// A move is sent at most once in effect: its key is made when its form opens and kept, with the body once sent, until there is an answer.
// A double click, a reload and a lost answer all come back to the same key, and so to the first answer.

type Sent = { readonly path: string; readonly body: unknown; readonly method?: 'POST' | 'PUT' }
type Kept = { readonly key: string; readonly sent?: Sent }

const RETRY_AFTER_MS = [1_000, 2_000, 4_000, 8_000]
const place = (name: string) => `holdfast-move:${name}`

const read = (name: string): Kept | undefined => {
  const text = sessionStorage.getItem(place(name))
  return text === null ? undefined : (JSON.parse(text) as Kept)
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

/** Sends, and after a lost answer sends the same again with the same key, a bounded number of times. */
const sendUntilAnswered = async <Answer>(key: string, sent: Sent, onLost: () => void): Promise<Answer> => {
  for (const wait of [...RETRY_AFTER_MS, undefined]) {
    try {
      return await api<Answer>(sent.path, { method: sent.method ?? 'POST', body: sent.body, key })
    } catch (error) {
      if (!(error instanceof LostAnswer) || wait === undefined) throw error
      onLost()
      await pause(wait)
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

/**
 * One move of one form. `name` says which thing it is about, so that two loans never share a key. A body that went out stays with its
 * key until an answer came: a double click, a reload and a lost answer all come to the answer of the first.
 */
export const useMove = <Answer>(name: string) => {
  const queries = useQueryClient()
  const [kept, setKept] = useState(() => opened(name))
  const [asking, setAsking] = useState(false)
  const begin = () => {
    forget(name)
    setKept(opened(name))
  }
  const mutation = useMutation({
    mutationFn: (sent: Sent) => {
      keep(name, { ...kept, sent })
      return sendUntilAnswered<Answer>(kept.key, sent, () => setAsking(true))
    },
    onSuccess: () => {
      forget(name)
      void queries.invalidateQueries()
    },
    // refused: nothing happened, and the changed form is another request with a key of its own
    onError: (error) => {
      if (!(error instanceof LostAnswer)) begin()
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

/** The amount of a body that went out. */
export const sentAmount = (sent: unknown): number =>
  typeof sent === 'object' && sent !== null && 'amount' in sent && typeof sent.amount === 'number' ? sent.amount : 0

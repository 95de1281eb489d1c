import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, LostAnswer } from '#services/http.ts'

// A move is sent at most once in effect: its key is made when its form opens and kept, with the body once sent, until there is an answer.
// A double click, a reload and a lost answer all come back to the same key, and so to the first answer.

type Kept = { readonly key: string; readonly sent?: { readonly path: string; readonly body: unknown } }

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

/**
 * One move of one form. `name` says which thing it is about, so that two loans never share a key.
 * After a lost answer the same key and body are sent again, a bounded number of times; `answer` is then what the first one came to.
 */
export const useMove = <Answer>(name: string) => {
  const queries = useQueryClient()
  const [kept, setKept] = useState(() => opened(name))
  const [asking, setAsking] = useState(false)
  const send = async ({ path, body }: { readonly path: string; readonly body: unknown }): Promise<Answer> => {
    const mine = { ...kept, sent: { path, body } }
    keep(name, mine)
    for (const wait of [...RETRY_AFTER_MS, undefined]) {
      try {
        return await api<Answer>(path, { method: 'POST', body, key: mine.key })
      } catch (error) {
        if (!(error instanceof LostAnswer) || wait === undefined) throw error
        setAsking(true)
        await pause(wait)
      }
    }
    throw new LostAnswer('No answer came.')
  }
  const mutation = useMutation({
    mutationFn: send,
    onSuccess: () => {
      forget(name)
      void queries.invalidateQueries()
    },
    onError: (error) => {
      // refused: nothing happened, and the changed form is another request with a key of its own
      if (!(error instanceof LostAnswer)) {
        forget(name)
        setKept(opened(name))
      }
    },
    onSettled: () => setAsking(false),
  })
  const lost = mutation.error instanceof LostAnswer
  const state: MoveState = mutation.isSuccess
    ? 'done'
    : mutation.isPending
      ? asking
        ? 'asking'
        : 'sent'
      : lost
        ? 'lost'
        : mutation.isError
          ? 'refused'
          : 'form'
  const busy = mutation.isPending || mutation.isSuccess
  // sent before a reload, and no answer seen: ask what became of it before anything else may be sent
  const { mutate } = mutation
  const unanswered = kept.sent
  useEffect(() => {
    if (unanswered) mutate(unanswered)
  }, [mutate, unanswered])
  const submit = (path: string, body: unknown) => {
    if (!busy) mutation.mutate(lost && read(name)?.sent ? (read(name)?.sent ?? { path, body }) : { path, body })
  }
  const anew = () => {
    forget(name)
    setKept(opened(name))
    mutation.reset()
  }
  return { state, submit, anew, busy, key: kept.key, answer: mutation.data, error: mutation.error, sent: unanswered ?? mutation.variables }
}

import type { QueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { isRefusal } from '#services/http.ts'
import { sessionQuery } from '#services/session.ts'
import { touchedBy } from '#services/touched-by.ts'

// One server-sent stream for the whole console. An event says only what changed; the pages that show it ask for it again.

export type LiveState = 'connecting' | 'live' | 'paused' | 'lost' | 'offline'
type Change = { readonly type: string; readonly key?: string; readonly id?: string }

const GATHER_MS = 250
const AGAIN_MS = 1_000
const AGAIN_AT_MOST_MS = 30_000
const ASK_EACH_MS = 10_000
const GLOW_MS = 2_500
const GLOWING_AT_MOST = 500

// Whether the line stands, and whether what it brings is held back, are two things: a page that was held may have lost its line meanwhile.
let line: Exclude<LiveState, 'paused'> = 'connecting'
let held = false
const stateNow = (): LiveState => (line === 'live' && held ? 'paused' : line)
const listeners = new Set<() => void>()
const changed = new Map<string, number>()
const say = () => listeners.forEach((listener) => listener())
const become = (next: typeof line) => {
  line = next
  say()
}
const hold = (next: boolean) => {
  held = next
  say()
}
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Nothing moves under a person's hands: while text is selected, a menu is open or the page was paused by hand. */
let pausedByHand = false
const handsBusy = () => pausedByHand || document.getSelection()?.type === 'Range' || document.querySelector('[role="menu"]') !== null

const remember = (key: string) => {
  if (changed.size >= GLOWING_AT_MOST) changed.clear()
  changed.set(key, performance.now())
}

type Ears = { readonly hear: (message: MessageEvent<string>) => void; readonly missed: () => void; readonly queries: QueryClient }

/**
 * Keeps one stream open. A browser asks again by itself after a broken line, but not after a refusal: then the access has run out or the
 * server was starting, so the session is asked for first, which renews it. What changed meanwhile was not heard: all is asked for anew.
 */
const keepOpen = ({ hear, missed, queries }: Ears): (() => void) => {
  let [tries, broke, ended] = [0, false, false]
  let stream: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const open = () => {
    const opened = new EventSource('/api/v1/stream', { withCredentials: true })
    stream = opened
    opened.addEventListener('message', hear)
    opened.addEventListener('open', () => {
      if (broke) missed()
      tries = 0
      broke = false
      become('live')
    })
    opened.addEventListener('error', () => {
      broke = true
      become(navigator.onLine ? 'lost' : 'offline')
      if (opened.readyState === EventSource.CLOSED) again()
    })
  }
  const again = () => {
    clearTimeout(timer)
    timer = setTimeout(() => void renew(), Math.min(AGAIN_MS * 2 ** tries, AGAIN_AT_MOST_MS))
    tries += 1
  }
  const renew = async () => {
    try {
      await queries.fetchQuery({ ...sessionQuery, staleTime: 0 })
      // Signed out meanwhile: there is nobody left to hear it.
      if (!ended) open()
    } catch (error) {
      if (ended) return
      // the session is over: whatever the page asks next leads to the sign-in
      if (isRefusal(error, 401)) void queries.invalidateQueries()
      else again()
    }
  }
  open()
  return () => {
    ended = true
    clearTimeout(timer)
    stream?.close()
  }
}

export const startLive = (queries: QueryClient): (() => void) => {
  const waiting = new Set<string>()
  let all = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = () => {
    timer = undefined
    hold(handsBusy())
    if (held) {
      timer = setTimeout(flush, GATHER_MS * 4)
      return
    }
    if (all) void queries.invalidateQueries()
    else for (const name of waiting) void queries.invalidateQueries({ queryKey: [name] })
    all = false
    waiting.clear()
  }
  const hear = (message: MessageEvent<string>) => {
    try {
      const change = JSON.parse(message.data) as Change
      if (!change.type) return
      if (change.key) remember(change.key)
      if (change.id) remember(change.id)
      for (const name of touchedBy(change.type)) waiting.add(name)
      timer ??= setTimeout(flush, GATHER_MS)
    } catch {
      // a comment or heartbeat is not a change
    }
  }
  const missed = () => {
    all = true
    timer ??= setTimeout(flush)
  }
  const close = keepOpen({ hear, missed, queries })
  return () => {
    close()
    clearTimeout(timer)
    become('connecting')
  }
}

/** What a borrower sees of their own: their loans, and themselves with their wallet. */
const ASKED = ['loans', 'loan', 'person']

/** For whoever may not hear the stream: what is on the page is asked for again now and then. */
export const startAsking = (queries: QueryClient): (() => void) => {
  const timer = setInterval(() => {
    if (!handsBusy()) for (const name of ASKED) void queries.invalidateQueries({ queryKey: [name] })
  }, ASK_EACH_MS)
  return () => clearInterval(timer)
}

export const pauseLive = (paused: boolean): void => {
  pausedByHand = paused
  hold(paused)
}

/** Paused by hand, whatever became of the line. */
export const usePaused = (): boolean => useSyncExternalStore(subscribe, () => pausedByHand)

export const useLive = (): LiveState => useSyncExternalStore(subscribe, stateNow)

/** True for a moment after the thing with this id changed. */
export const glows = (...ids: readonly (string | undefined)[]): boolean =>
  ids.some((id) => id !== undefined && performance.now() - (changed.get(id) ?? -GLOW_MS) < GLOW_MS)

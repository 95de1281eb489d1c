import { useSyncExternalStore } from 'react'
import { addLinks, chainFaults, type ChainFault, type Chains, type Told } from '#services/chains.ts'
import { api, isRefusal, type Page } from '#services/http.ts'
import type { Account, Transfer } from '#services/ledger.ts'
import { reportCheck } from '#services/seal-fault.ts'
import { checkTransfer, NoProof } from '#services/verify.ts'

// Every entry of a loan, or of the whole ledger, is fetched with its proof and computed here, newest first. It goes on while its page is left,
// and is found again there.

type Found = { readonly transfer: string; readonly verdict: string }
export type Walk = {
  readonly state: 'going' | 'done' | 'stopped' | 'failed'
  readonly checked: number
  /** How far through the log it has come, 0 to 1. */
  readonly share: number
  readonly ms: number
  readonly faults: readonly Found[]
  /** Whose chains are compared with what they say of themselves. */
  readonly accounts: number
  readonly chainFaults: readonly ChainFault[]
  readonly error?: unknown
}

const PAGE = 50
const ACCOUNTS_PAGE = 200
const AT_ONCE = 4
const TRIES = 30
const AGAIN_MS = 1_000
/** A picture is drawn so often at most. */
const SAID_EVERY_MS = 120
const FAULTS_SHOWN = 20

const walks = new Map<string, Walk>()
const stops = new Map<string, AbortController>()
const listeners = new Set<() => void>()
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
const put = (name: string, walk: Walk): void => {
  walks.set(name, walk)
  listeners.forEach((listener) => listener())
}

export type Scope = { readonly loan?: string }
const nameOf = ({ loan }: Scope): string => loan ?? ''

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

/** The server asks for patience where many are asked for, and seals an entry within a second of its writing. */
const patiently = async <Answer>(ask: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> => {
  for (let tries = 0; ; tries++) {
    try {
      return await ask()
    } catch (error) {
      const wait = isRefusal(error, 429) || isRefusal(error, 409)
      if (!wait || tries >= TRIES || signal.aborted) throw error
      await pause(AGAIN_MS)
    }
  }
}

type Run = {
  readonly signal: AbortSignal
  readonly chains: Chains
  readonly told: Map<string, Told>
  readonly faults: Found[]
  checked: number
  share: number
}

/** Asked before any entry is: what is written meanwhile lies beyond the end that they tell. Of a loan its own accounts, else every account. */
const askAccounts = async ({ told, signal }: Run, { loan }: Scope): Promise<void> => {
  let after: string | undefined
  do {
    const query = { limit: ACCOUNTS_PAGE, after, ...(loan === undefined ? {} : { q: `loan:${loan}:` }) }
    const page = await patiently(() => api<Page<Account>>('/api/v1/ledger/accounts', { query, signal }), signal)
    for (const { id, entries, head, posted, type } of page.items)
      told.set(id, { entries, head, posted: type === 'debit' ? BigInt(posted) : -BigInt(posted) })
    after = page.next ?? undefined
  } while (after !== undefined && !signal.aborted)
}

const checkOne = async (run: Run, transfer: string): Promise<void> => {
  try {
    const { sound, verdict, entry, evidence, index, size } = await patiently(() => checkTransfer(transfer, run.signal), run.signal)
    if (entry && evidence.salt !== null) addLinks(run.chains, entry.legs, evidence.previous)
    if (!sound) run.faults.push({ transfer, verdict })
    reportCheck(transfer, sound ? undefined : verdict)
    run.share = Math.max(run.share, 1 - index / Math.max(1, size))
  } catch (error) {
    if (!(error instanceof NoProof)) throw error
    const verdict = 'The server handed out no proof'
    run.faults.push({ transfer, verdict })
    reportCheck(transfer, verdict)
  }
  run.checked += 1
}

/** The entries of one page, a few at once. */
const checkPage = async (run: Run, items: readonly Transfer[]): Promise<void> => {
  const left = items.map(({ id }) => id).values()
  const work = async () => {
    for (const id of left) {
      if (run.signal.aborted) return
      await checkOne(run, id)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}

const walkThrough = async (run: Run, scope: Scope): Promise<void> => {
  const { signal } = run
  let after: string | undefined
  do {
    const query = { ...scope, limit: PAGE, after }
    const page = await patiently(() => api<Page<Transfer>>('/api/v1/ledger/transfers', { query, signal }), signal)
    await checkPage(run, page.items)
    after = page.next ?? undefined
  } while (after !== undefined && !signal.aborted)
}

export const startCheckAll = async (scope: Scope): Promise<void> => {
  const name = nameOf(scope)
  if (walks.get(name)?.state === 'going') return
  const stop = new AbortController()
  stops.set(name, stop)
  const run: Run = { signal: stop.signal, chains: new Map(), told: new Map(), faults: [], checked: 0, share: 0 }
  const begun = performance.now()
  const say = (state: Walk['state'], error?: unknown) =>
    put(name, {
      state,
      checked: run.checked,
      share: state === 'done' ? 1 : run.share,
      ms: Math.max(1, Math.round(performance.now() - begun)),
      faults: run.faults.slice(0, FAULTS_SHOWN),
      accounts: run.told.size,
      // What was not read is not missing.
      chainFaults: state === 'going' ? [] : chainFaults(run.chains, state === 'done' ? run.told : undefined),
      ...(error === undefined ? {} : { error }),
    })
  say('going')
  const telling = setInterval(() => say('going'), SAID_EVERY_MS)
  try {
    await askAccounts(run, scope)
    await walkThrough(run, scope)
    clearInterval(telling)
    say(stop.signal.aborted ? 'stopped' : 'done')
  } catch (error) {
    clearInterval(telling)
    const stopped = stop.signal.aborted
    stop.abort()
    if (stopped) say('stopped')
    else say('failed', error)
  }
}
export const stopCheckAll = (scope: Scope): void => stops.get(nameOf(scope))?.abort()

export const useWalk = (scope: Scope): Walk | undefined => useSyncExternalStore(subscribe, () => walks.get(nameOf(scope)))

// What a person accepted in this browser though it was an alarm: kept here, told to nobody, so that it can be asked about later.

const KEPT = 'holdfast-accepted'
const KEPT_AT_MOST = 50

/** What a signed checkpoint said of the log: how many records under which root, and when. */
export type Standing = { readonly size: number; readonly root: string; readonly time: string }

export type Acceptance = {
  /** By this computer's clock. */
  readonly at: string
  /** Whose word was taken, and what they said. */
  readonly who: string
  readonly why: string
  readonly before: Standing
  readonly now: Standing
}

const HASH = /^[0-9a-f]{64}$/
const isDay = (time: unknown): boolean => typeof time === 'string' && !Number.isNaN(Date.parse(time))

export const isStanding = (found: unknown): found is Standing => {
  const { size, root, time } = (found ?? {}) as Partial<Standing>
  return Number.isSafeInteger(size) && HASH.test(String(root)) && isDay(time)
}
const isAcceptance = (found: unknown): found is Acceptance => {
  const { at, who, why, before, now } = (found ?? {}) as Partial<Acceptance>
  return isDay(at) && typeof who === 'string' && typeof why === 'string' && isStanding(before) && isStanding(now)
}

/** The acceptances in a text, newest first; what was not written by this console is left out. */
export const readAcceptances = (text: string | null): readonly Acceptance[] => {
  try {
    const found = JSON.parse(text ?? '[]') as unknown
    return Array.isArray(found) ? found.filter(isAcceptance) : []
  } catch {
    return []
  }
}

export const acceptances = (): readonly Acceptance[] => readAcceptances(localStorage.getItem(KEPT))

export const keepAcceptance = (one: Acceptance): void =>
  localStorage.setItem(KEPT, JSON.stringify([one, ...acceptances()].slice(0, KEPT_AT_MOST)))

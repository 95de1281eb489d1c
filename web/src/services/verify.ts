import { concat, readHash, same, sha256, toHex, utf8, type Bytes } from '#services/bytes.ts'
import { counted } from '#services/counted.ts'
import { api, at, LostAnswer, Refusal } from '#services/http.ts'
import { climb, leafOf, type Climb } from '#services/merkle.ts'
import { secondsText } from '#services/when.ts'
import { accountWord } from '#services/names.ts'
import { CannotCheck, openNote, publicKeyOf, type Checkpoint } from '#services/note.ts'
import { growthSinceLastVisit, type Lost } from '#services/seal-visit.ts'
import { keyStanding, rememberKey, type KeyStanding } from '#services/seal-key.ts'

// An entry is believed only for what is computed here, from its own text to the signed root.

export type Step = {
  readonly id: string
  readonly claim: string
  readonly how: string
  readonly holds: boolean | undefined
  readonly hash?: string
}

export type EntryLeg = {
  readonly account: string
  readonly unit: string
  readonly n: string
  readonly amount: string
  readonly posted: string
  readonly hash: string
}
export type EntryBody = {
  readonly id: string
  readonly key: string
  readonly at: string
  readonly bookedOn: string
  readonly operation: string
  readonly legs: readonly EntryLeg[]
}
export type Check = {
  readonly sound: boolean
  readonly verdict: string
  readonly steps: readonly Step[]
  readonly ms: number
  readonly entry: EntryBody | undefined
  readonly path: readonly Climb[]
  readonly leaf: Bytes
  readonly index: number
  readonly size: number
  readonly evidence: Evidence
  /** Accounts whose link in this entry has another hash than its text gives. */
  readonly broken: readonly string[]
  readonly key: KeyStanding
  /** What this browser saw of the log before, where that is not the beginning of it any more. */
  readonly lost: Lost | undefined
}

/**
 * What the server hands out as evidence; hashes in hex, the checkpoint a signed note, the key PEM. `previous`: the hash each leg's
 * account had before, in the order of the legs. Without the salt the body is a part of the entry: what is the caller's own.
 */
export type Evidence = {
  readonly body: string
  readonly salt: string | null
  readonly digest: string
  readonly previous: readonly string[]
  readonly seq: number
  readonly size: number
  readonly path: readonly string[]
  readonly checkpoint: string
  readonly publicKey: string
}

const short = (hex: string) => `${hex.slice(0, 8)}…${hex.slice(-6)}`

const WHOLE = /^-?\d{1,40}$/
const isLeg = (leg: Partial<EntryLeg> | null): boolean =>
  typeof leg === 'object' &&
  leg !== null &&
  [leg.amount, leg.n].every((figure) => typeof figure === 'string' && WHOLE.test(figure)) &&
  typeof leg.account === 'string'

/** The entry, if its text is one: whoever altered it may have left anything there. */
const readBody = (body: string): EntryBody | undefined => {
  try {
    const entry = JSON.parse(body) as EntryBody
    return Array.isArray(entry.legs) && entry.legs.every(isLeg) ? entry : undefined
  } catch {
    return undefined
  }
}

const balanced = (legs: readonly EntryLeg[]): boolean => {
  const sums = new Map<string, bigint>()
  for (const leg of legs) sums.set(leg.unit, (sums.get(leg.unit) ?? 0n) + BigInt(leg.amount))
  return [...sums.values()].every((sum) => sum === 0n)
}

const entryStep = async (evidence: Evidence, entry: EntryBody | undefined): Promise<Step & { readonly computed: Bytes }> => {
  if (evidence.salt === null) {
    const computed = readHash(evidence.digest)
    const how = 'The whole entry, which tells of others too, has the digest below; an auditor can open it'
    return { id: 'entry', claim: 'Your part of the entry', how, holds: undefined, hash: `SHA-256 ${short(evidence.digest)}`, computed }
  }
  const computed = await sha256(concat(readHash(evidence.salt), utf8(evidence.body)))
  const sums = entry !== undefined && balanced(entry.legs)
  const holds = sums && same(computed, readHash(evidence.digest))
  const how = entry
    ? `${counted(entry.legs.length, 'leg')}, ${sums ? 'debits equal credits' : 'debits and credits differ'}, ${utf8(evidence.body).length} bytes`
    : 'The stored text is not an entry'
  return {
    id: 'entry',
    claim: holds ? 'Entry read' : 'Entry read, but it differs from its digest',
    how,
    holds,
    hash: `SHA-256 ${short(toHex(computed))}`,
    computed,
  }
}

type Joint = { readonly leg: EntryLeg; readonly before: string; readonly computed: string }

const jointsOf = (evidence: Evidence, entry: EntryBody): Promise<readonly Joint[]> =>
  Promise.all(
    entry.legs.map(async (leg, at) => {
      const before = evidence.previous[at] ?? ''
      const text = JSON.stringify([before, leg.account, leg.n, entry.id, leg.amount, leg.posted])
      return { leg, before, computed: toHex(await sha256(utf8(text))) }
    }),
  )

const linkStep = (joints: readonly Joint[]): Step => {
  const id = 'link'
  const [first] = joints
  if (!first) return { id, claim: 'Linked to the entry before it', how: 'The links before it were not given', holds: undefined }
  const broken = joints.find(({ leg, computed }) => computed !== leg.hash)
  if (broken) {
    const { leg, computed } = broken
    const how = `Link ${leg.n} of ${accountWord(leg.account)}: its text gives another hash than the one written`
    return {
      id,
      claim: 'Not linked to the entry before it',
      how,
      holds: false,
      hash: `expected ${short(leg.hash)} · found ${short(computed)}`,
    }
  }
  const links = joints.map(({ leg }) => `${accountWord(leg.account)}, link ${leg.n}`).join('; ')
  const hash = `${short(first.before)} → ${short(first.leg.hash)}`
  return { id, claim: 'Linked to the entry before it', how: `Each leg holds the hash of the link before it: ${links}`, holds: true, hash }
}

const logStep = (evidence: Evidence, path: readonly Climb[] | undefined, leaf: Bytes, checkpoint: Checkpoint | undefined): Step => {
  const root = path?.at(-1)?.hash ?? (path ? leaf : undefined)
  const holds = root !== undefined && checkpoint !== undefined && checkpoint.size === evidence.size && same(root, checkpoint.root)
  const place = `Record ${(evidence.seq + 1).toLocaleString('en-IN')} of ${evidence.size.toLocaleString('en-IN')}`
  return {
    id: 'log',
    claim: holds ? 'In the sealed log' : 'Not in the sealed log',
    how: holds
      ? `${place}; ${counted(evidence.path.length, 'hash leads', 'hashes lead')} to the root`
      : `${place}; the hashes do not lead to the signed root`,
    holds,
    ...(root ? { hash: `root ${short(toHex(root))}` } : {}),
  }
}

const KEY_WORDS = {
  first: 'key seen for the first time, now remembered',
  known: 'the key of your earlier visits',
  other: 'another key than on your earlier visits',
} as const

const signStep = (opened: Awaited<ReturnType<typeof openNote>>, { standing }: KeyStanding): Step => {
  if (!opened) return { id: 'sign', claim: 'Root not signed', how: 'The checkpoint is not a signed note, or its key is none', holds: false }
  const { checkpoint, signed } = opened
  const claim = !signed ? 'Root not signed by this key' : standing === 'other' ? 'Root signed, by another key' : 'Root signed'
  return {
    id: 'sign',
    claim,
    how: `Checkpoint of ${counted(checkpoint.size, 'record')}, Ed25519, ${KEY_WORDS[standing]}, ${secondsText(checkpoint.time)} IST`,
    holds: signed && standing !== 'other',
    hash: `sig ${short(toHex(checkpoint.signature))}`,
  }
}

const verdictOf = (steps: readonly Step[], { salt }: Evidence, { standing }: KeyStanding): string => {
  const fails = (id: string) => steps.some((step) => step.id === id && step.holds === false)
  if (fails('entry') || fails('log')) return 'This entry was changed after it was sealed'
  if (fails('sign') && standing === 'other' && !fails('link')) return 'Signed by another key than on your earlier visits'
  const [failed, ...others] = steps.filter((step) => step.holds === false)
  if (failed?.id === 'visit' && others.length === 0) return failed.claim
  if (steps.some((step) => step.holds === false)) return 'This entry cannot be relied on'
  return salt === null ? 'This entry stands in the signed log' : 'This entry is unaltered, in place, and signed'
}

/** Every step from the entry's text to the signed root, computed here; where one fails the rest still go on. */
export const checkEvidence = async (evidence: Evidence, signal: AbortSignal): Promise<Check> => {
  const started = performance.now()
  const publicKey = await publicKeyOf(evidence.publicKey)
  const entry = readBody(evidence.body)
  const { computed, ...read } = await entryStep(evidence, entry)
  const joints = entry && evidence.salt !== null ? await jointsOf(evidence, entry) : []
  const link = linkStep(joints)
  const leaf = await leafOf('transfer', entry?.id ?? '', computed)
  const path = await climb(evidence.seq, evidence.size, leaf, evidence.path.map(readHash))
  const opened = await openNote(evidence.checkpoint, publicKey)
  const log = logStep(evidence, path, leaf, opened?.checkpoint)
  const key = await keyStanding(evidence.publicKey)
  const sign = signStep(opened, key)
  const signed = opened?.signed === true
  if (signed && key.standing === 'first') rememberKey(key)
  const ms = Math.max(1, Math.round(performance.now() - started))
  const { lost, ...visit } = await growthSinceLastVisit(signed ? opened.checkpoint : undefined, { keep: key.standing !== 'other', signal })
  const steps = [read, link, log, sign, visit]
  const broken = joints.filter(({ leg, computed }) => computed !== leg.hash).map(({ leg }) => leg.account)
  const sound = steps.every((step) => step.holds !== false)
  const verdict = verdictOf(steps, evidence, key)
  return { sound, verdict, steps, ms, entry, path: path ?? [], leaf, index: evidence.seq, size: evidence.size, evidence, broken, key, lost }
}

/** What the server handed out cannot be read as evidence of anything. */
export class NoProof extends Error {
  constructor(cause: unknown) {
    super(`What the server handed out is no proof: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause })
  }
}

/** Fetches the entry's receipt and the links that it stands on, and checks them. */
export const checkTransfer = async (transfer: string, signal: AbortSignal): Promise<Check> => {
  const path = at`/api/v1/ledger/transfers/${transfer}`
  const receipt = await api<Omit<Evidence, 'previous'>>(`${path}/receipt`, { signal })
  const previous = receipt.salt === null ? [] : (await api<{ readonly previous: readonly string[] }>(path, { signal })).previous
  try {
    return await checkEvidence({ ...receipt, previous }, signal)
  } catch (error) {
    if (error instanceof CannotCheck || error instanceof LostAnswer || error instanceof Refusal || signal.aborted) throw error
    throw new NoProof(error)
  }
}

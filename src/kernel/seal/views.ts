import { Fault } from '#kernel/faults'
import { inQuery, paged, pageFields, pageOf, readCursor } from '#kernel/http'
import { view } from '#kernel/operations'
import type { View } from '#kernel/operations'
import { z } from 'zod'
import { growthOf, latestCheckpoints, proofOf } from './proof-of.ts'
import type { ListedCheckpoint, RowProof } from './proof-of.ts'
import type { SealedStream } from '#kernel/digest'

const Checkpoint = z.strictObject({ size: z.int(), note: z.string() })
export const Proof = z.strictObject({
  stream: z.string(),
  id: z.string(),
  body: z.string(),
  salt: z.string(),
  digest: z.string(),
  seq: z.int(),
  size: z.int(),
  leaf: z.string(),
  path: z.array(z.string()),
  checkpoint: z.string(),
  publicKey: z.string(),
})
const staff = ['admin', 'credit_officer', 'cashier', 'auditor'] as const

/** Signed checkpoints of the log, newest first. */
export const checkpoints: View<{ limit: number; after?: string | undefined }, { items: ListedCheckpoint[]; next: string | null }> = view(
  'seal.checkpoints',
  {
    summary: 'Signed checkpoints, newest first',
    input: z.strictObject(pageFields),
    answer: pageOf(Checkpoint),
    may: [...staff],
    faults: ['http.cursor_invalid'],
  },
  async ({ read }, { limit, after }) => {
    const [before] = readCursor(after, 1) ?? []
    if (before !== undefined && !/^\d{1,15}$/.test(before)) throw new Fault('http.cursor_invalid')
    const found = await latestCheckpoints(read, limit + 1, before === undefined ? undefined : Number(before))
    return paged(
      found,
      limit,
      (row) => row,
      ({ size }) => [String(size)],
    )
  },
)

const size = inQuery(z.int().min(1))

/** That nothing before an older checkpoint was removed or changed: for whoever kept one from an earlier visit. */
export const growth = view(
  'seal.consistency',
  {
    summary: 'The proof that a larger log begins with a smaller one',
    input: z.strictObject({ first: size, second: size }),
    answer: z.strictObject({ first: z.int(), second: z.int(), path: z.array(z.string()) }),
    may: [...staff],
    faults: ['seal.size_unknown'],
  },
  async ({ read }, { first, second }) => {
    const path = await growthOf(read, first, second)
    if (path === undefined) throw new Fault('seal.size_unknown', { first, second })
    return { first, second, path: [...path] }
  },
)

interface Asked {
  readonly stream: string
  readonly id: string
}

/** The proof that a row is in the log, with all a browser needs to check it; the public key should be known by another way too. */
export function proofs(streams: readonly SealedStream[], publicPem: () => Promise<string>): View<Asked, RowProof & { publicKey: string }> {
  return view(
    'seal.proofs',
    {
      summary: 'The proof that a row is in the sealed log',
      input: z.strictObject({ stream: z.string().max(40), id: z.string().max(200) }),
      answer: Proof,
      may: ['admin', 'auditor'],
      faults: ['seal.row_unknown', 'seal.row_unsealed'],
    },
    async ({ read }, { stream, id }) => {
      const found = streams.find(({ name }) => name === stream)
      const proof = found === undefined ? 'unknown' : await proofOf(read, found, id)
      if (proof === 'unknown') throw new Fault('seal.row_unknown', { stream, id })
      if (proof === 'unsealed') throw new Fault('seal.row_unsealed', { stream, id, retryAfterS: 1 })
      return { ...proof, path: [...proof.path], publicKey: await publicPem() }
    },
  )
}

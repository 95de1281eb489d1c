import type { SealedStream } from '#kernel/digest'
import { Fault } from '#kernel/faults'
import { view, type View } from '#kernel/operations'
import { z } from 'zod'
import { proofOf, type RowProof } from './proof-of.ts'
import { Proof } from './views.ts'

/** The receipt of a transfer: its record with the proof that it is in the sealed log, for whoever was told its id. */
export function receipts(
  transfers: SealedStream,
  publicPem: () => Promise<string>,
): View<{ readonly transfer: string }, RowProof & { publicKey: string }> {
  return view(
    'seal.receipt',
    {
      summary: 'The receipt of a transfer, provable without us',
      input: z.strictObject({ transfer: z.string().max(200) }),
      answer: Proof,
      may: ['admin', 'credit_officer', 'cashier', 'auditor'],
      faults: ['seal.row_unknown', 'seal.row_unsealed'],
    },
    async ({ read }, { transfer: id }) => {
      const proof = await proofOf(read, transfers, id)
      if (proof === 'unknown') throw new Fault('seal.row_unknown', { stream: transfers.name, id })
      if (proof === 'unsealed') throw new Fault('seal.row_unsealed', { stream: transfers.name, id, retryAfterS: 1 })
      return { ...proof, path: [...proof.path], publicKey: await publicPem() }
    },
  )
}

import type { SealedStream } from '#kernel/digest'
import { Fault } from '#kernel/faults'
import { own, type Owner, permission, view, type View, type ViewContext } from '#kernel/operations'
import { z } from 'zod'
import { proofOf, type RowProof } from './proof-of.ts'
import { Proof } from './views.ts'

interface Asked {
  readonly transfer: string
}
interface Receipt extends Omit<RowProof, 'salt'> {
  readonly publicKey: string
  readonly salt: string | null
}

/** What the receipts are of: the sealed transfers, whose each is, and the part of a record that one of its owners may read. */
export interface Receipted {
  readonly transfers: SealedStream
  readonly owner: Owner<Asked>
  readonly part: (read: ViewContext['read'], body: string, owner: string) => Promise<string>
}

/**
 * The receipt of a transfer: its record with the proof that it is in the sealed log. A borrower gets it for what touched an account of
 * theirs, with the part of the record that is theirs: without the salt, so that the rest can't be guessed; digest and proof stand as they are.
 */
export function receipts({ transfers, owner, part }: Receipted, publicPem: () => Promise<string>): View<Asked, Receipt> {
  const may = ['admin', 'credit_officer', 'cashier', 'auditor', own('borrower', owner)] as const
  return view(
    'seal.receipt',
    {
      summary: 'The receipt of a transfer, provable without us',
      input: z.strictObject({ transfer: z.string().max(200) }),
      answer: Proof.extend({ salt: z.string().nullable() }),
      may,
      faults: ['seal.row_unknown', 'seal.row_unsealed'],
    },
    async ({ read, principal }, { transfer: id }) => {
      const proof = await proofOf(read, transfers, id)
      if (proof === 'unknown') throw new Fault('seal.row_unknown', { stream: transfers.name, id })
      if (proof === 'unsealed') throw new Fault('seal.row_unsealed', { stream: transfers.name, id, retryAfterS: 1 })
      const told = { ...proof, path: [...proof.path], publicKey: await publicPem() }
      if (permission(may, principal) === true) return told
      return { ...told, body: await part(read, proof.body, principal.id), salt: null }
    },
  )
}

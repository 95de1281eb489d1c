import { IconBan, IconCash, IconCheck, IconFlagCheck, IconTransferOut, type Icon } from '@tabler/icons-react'
import type { Loan, Move } from '#services/loans.ts'

export type KnownMove = {
  readonly move: Move
  readonly word: string
  readonly icon: Icon
  readonly key: string
  readonly path: string
  readonly rank: 'filled' | 'outlined' | 'rare'
}

const KNOWN: readonly KnownMove[] = [
  { move: 'repay', word: 'Record repayment', icon: IconCash, key: 'r', path: 'repay', rank: 'filled' },
  { move: 'foreclose', word: 'Foreclosure quote', icon: IconFlagCheck, key: 'q', path: 'foreclose', rank: 'outlined' },
  { move: 'approve', word: 'Approve', icon: IconCheck, key: 'a', path: 'moves/approve', rank: 'filled' },
  { move: 'reject', word: 'Reject', icon: IconBan, key: 'x', path: 'moves/reject', rank: 'outlined' },
  { move: 'accept', word: 'Record acceptance', icon: IconCheck, key: 'a', path: 'moves/accept', rank: 'filled' },
  { move: 'disburse', word: 'Disburse again', icon: IconTransferOut, key: 'd', path: 'moves/disburse', rank: 'filled' },
]

/** The same, said to whoever borrowed. */
const OWN_WORDS: Partial<Record<Move, string>> = { repay: 'Pay', foreclose: 'Close the loan early', accept: 'Accept the offer' }

/** The moves allowed on this loan now, as the server says, each with its word for the desk or for whoever borrowed, and its page. */
export const movesOf = ({ moves }: Pick<Loan, 'moves'>, staff: boolean): readonly KnownMove[] =>
  KNOWN.filter(({ move }) => moves.includes(move)).map((one) => (staff ? one : { ...one, word: OWN_WORDS[one.move] ?? one.word }))

import type { Wallet } from '#services/people.ts'

/** What a wallet lacks for an amount, in minor units; nothing as long as either is not known, for then the server alone can say. */
export const lackOf = (wallet: Pick<Wallet, 'available'> | undefined, amount: number | undefined): number =>
  wallet === undefined || amount === undefined ? 0 : Math.max(0, amount - wallet.available)

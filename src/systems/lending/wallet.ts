import { Fault } from '#kernel/faults'
import { findPerson, PersonId, readPerson, self } from '#kernel/identity'
import { newId } from '#kernel/ids'
import { type Balance, post, type Posted, type Posting, readBalances, transferUnder } from '#kernel/ledger'
import { Amount, CurrencyCode } from '#kernel/money'
import { operation, own, type Principal, view } from '#kernel/operations'
import type { Tx } from '#kernel/tx'
import { z } from 'zod'
import { cash, credit, debit, HOUSE_CURRENCY, walletId, walletOf } from './accounts.ts'

// What names a payment outside: a desk's slip, a bank's reference. Anything printable, no blanks at its ends.
export const PaymentId = z.string().regex(/^(?!\s)[^\p{C}\p{Zl}\p{Zp}]{1,80}(?<!\s)$/u)

export const refuseOtherCurrency = (given: string, expected: string): void => {
  if (given !== expected) throw new Fault('lending.currency_mismatch', { given, expected })
}

// Only who stands at the desk can say that cash was given.
export const refuseCashFromBorrowers = (from: 'wallet' | 'cash', { roles }: Principal): void => {
  if (from === 'cash' && !roles.includes('cashier') && !roles.includes('admin')) throw new Fault('lending.cash_by_staff_only')
}

// Books under a payment's name; one that the ledger knows already is refused with what `known` makes of the first receipt.
export const postPayment = async (tx: Tx, posting: Posting, known: (receipt: string) => Fault | Promise<Fault>): Promise<Posted> => {
  try {
    return await post(tx, posting)
  } catch (refused) {
    if (!(refused instanceof Fault) || refused.code !== 'ledger.transfer_known') throw refused
    throw await known(String(refused.facts['transfer'] ?? ''))
  }
}

const Figures = z.strictObject({ posted: z.int(), held: z.int(), available: z.int() })
export const figuresOf = ({ posted, held, available }: Balance): z.infer<typeof Figures> => ({
  posted: Number(posted),
  held: Number(held),
  available: Number(available),
})

const Cash = z.strictObject({ person: PersonId, payment: PaymentId, amount: Amount, currency: CurrencyCode })
const CashAnswer = z.strictObject({
  id: z.string(),
  state: z.literal('done'),
  person: z.string(),
  payment: z.string(),
  amount: z.int(),
  currency: z.string(),
  receipt: z.string(),
  balance: Figures,
  at: z.string(),
})

// Cash over the desk, into a wallet or out of it.
const refusesToo = { deposit: [], withdrawal: ['ledger.insufficient'] } as const
const cashOperation = (kind: 'deposit' | 'withdrawal', name: string, summary: string) =>
  operation(
    name,
    {
      summary,
      input: Cash,
      answer: CashAnswer,
      moves: 'value',
      status: 201,
      locks: (i) => [`payment:${i.payment}`],
      may: ['admin', 'cashier'],
      object: (i) => i.person,
      faults: [
        'identity.person_unknown',
        'lending.payment_known',
        'ledger.account_differs',
        'lending.currency_mismatch',
        ...refusesToo[kind],
      ],
    },
    async ({ tx }, i) => {
      const { id: person } = await findPerson(tx, i.person)
      const key = `${kind}:${i.payment}`
      const booked = (receipt: string): Fault => new Fault('lending.payment_known', { payment: i.payment, receipt })
      if (i.currency !== HOUSE_CURRENCY) {
        // What is booked already is told before what is wrong; `post`, which tells it else, is not reached.
        const known = await transferUnder(tx, key)
        if (known) throw booked(known.id)
        refuseOtherCurrency(i.currency, HOUSE_CURRENCY)
      }
      const amount = BigInt(i.amount)
      const wallet = walletOf(person)
      const legs = kind === 'deposit' ? [debit(cash, amount), credit(wallet, amount)] : [debit(wallet, amount), credit(cash, amount)]
      const { receipt, balances } = await postPayment(tx, { key, legs }, booked)
      const balance = balances.get(wallet.id)
      if (!balance) throw new Error(`no balance of ${wallet.id}`)
      const { payment, currency } = i
      const figures = figuresOf(balance)
      return {
        id: newId(kind),
        state: 'done' as const,
        person,
        payment,
        amount: i.amount,
        currency,
        receipt,
        balance: figures,
        at: tx.moment.at,
      }
    },
  )

// Takes cash into a person's wallet.
export const deposit = cashOperation('deposit', 'lending.deposit', "Take cash into a person's wallet")
// Pays cash out of a person's wallet, as far as it is available.
export const withdraw = cashOperation('withdrawal', 'lending.withdraw', "Pay cash out of a person's wallet")

// What a person has with us. A wallet that was never used shows zero.
export const wallet = view(
  'lending.wallet',
  {
    summary: "A person's wallet",
    input: z.strictObject({ person: PersonId }),
    answer: z.strictObject({ id: z.string(), person: z.string(), account: z.string(), currency: z.string(), ...Figures.shape }),
    may: ['admin', 'credit_officer', 'cashier', 'auditor', own('borrower', self)],
    faults: ['identity.person_unknown'],
  },
  async ({ read }, { person }) => {
    await readPerson(read, person)
    const account = walletId(person)
    const balance = (await readBalances(read, [account])).get(account) ?? { posted: 0n, held: 0n, available: 0n }
    return { id: account, person, account, currency: HOUSE_CURRENCY, ...figuresOf(balance) }
  },
)

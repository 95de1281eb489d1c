import { setTimeout as sleep } from 'node:timers/promises'
import { personalLoan } from '#test/personal-loan'
import type { Client } from './client.ts'

const accounts = 12
const borrowers = 4
const clients = 24
/** Small beside what the loans owe: none is paid off. */
const amounts = [700, 12_300, 250_100] as const

/** What the load works on: people, and a running loan of each. */
export interface Book {
  readonly product: string
  readonly people: readonly string[]
  readonly loans: readonly string[]
}

const terms = { ...personalLoan, principal: { min: 1_000_000, max: 999_999_999_999 } }

export async function openBook(client: Client): Promise<Book> {
  for (let at = 0; at < accounts; at++)
    await client.must('POST /ledger/accounts', { id: `a${at}`, code: 'crash', unit: 'INR', side: 'debit', min: null })
  const product = String((await client.must('POST /loan-products', terms))['id'])
  const people: string[] = []
  const loans: string[] = []
  for (let at = 0; at < borrowers; at++) {
    // The sandbox bureau approves of whoever has 0001.
    const person = { name: `Borrower ${at}`, phone: `+91980000010${at}`, pan: `ABCP${String.fromCharCode(65 + at)}0001K` }
    people.push(String((await client.must('POST /people', person))['id']))
    loans.push(await lent(client, `first-${at}`, { product, person: people.at(-1) ?? '', principal: 500_000_000_000 }))
  }
  return { product, people, loans }
}

const stateOf = async (client: Client, loan: string): Promise<string> => String((await client.must(`GET /loans/${loan}`))['state'])

/** A loan that stands or falls with reactions and a job: applied for, judged, accepted, disbursed. Goes on where it stopped. */
export async function lent(
  client: Client,
  key: string,
  { product, person, principal }: { readonly product: string; readonly person: string; readonly principal: number },
): Promise<string> {
  const wanted = { product, person, principal, currency: 'INR', instalments: 60 }
  const { id } = await client.must('POST /loans', wanted, key)
  const loan = String(id)
  const until = performance.now() + 30_000
  for (let state = ''; state !== 'active'; state = await stateOf(client, loan)) {
    if (state === 'offered') await client.ask(`POST /loans/${loan}/acceptance`, {}, `${key}-acceptance`)
    if (performance.now() > until) throw new Error(`${loan} is still ${state}`)
    await sleep(20)
  }
  return loan
}

/** Transfers and repayments from many clients, and one who borrows again and again, until told to stop. Gives the keys of those loans. */
export async function load(client: Client, book: Book, { round, going }: { readonly round: number; readonly going: () => boolean }) {
  const asked: string[] = []
  const paying = async (number: number): Promise<void> => {
    for (let turn = 0; going(); turn++) {
      const key = `r${round}-c${number}-t${turn}`
      const done = await (turn % 2 === 0 ? moved(client, key, number + turn) : repaid(client, key, { book, at: number + turn }))
      // The plug was pulled.
      if (done === undefined) await sleep(20)
    }
  }
  const borrowing = async (): Promise<void> => {
    for (let turn = 0; going(); turn++) {
      const key = `r${round}-loan-${turn}`
      asked.push(key)
      await lent(client, key, borrowed(book, key)).catch(() => sleep(20))
    }
  }
  await Promise.all([...Array.from({ length: clients }, (_, number) => paying(number)), borrowing()])
  return asked
}

export const borrowed = ({ product, people }: Book, key: string) => ({
  product,
  person: people[key.length % borrowers] ?? '',
  principal: 10_000_000,
})

function moved(client: Client, key: string, at: number): ReturnType<Client['once']> {
  const from = at % accounts
  const legs = [
    { account: `a${from}`, amount: -7, unit: 'INR' },
    { account: `a${(from + 1 + (at % (accounts - 1))) % accounts}`, amount: 7, unit: 'INR' },
  ]
  return client.once('/ledger/transfers', key, { key, legs })
}

function repaid(client: Client, key: string, { book, at }: { readonly book: Book; readonly at: number }): ReturnType<Client['once']> {
  const loan = book.loans[at % borrowers] ?? ''
  const excess = at % 5 === 0 ? 'prepay' : 'wallet'
  return client.once(`/loans/${loan}/repayments`, key, {
    payment: key,
    amount: amounts[at % 3] ?? 700,
    currency: 'INR',
    from: 'cash',
    excess,
  })
}

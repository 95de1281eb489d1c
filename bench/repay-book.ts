import { invite, register } from '#kernel/identity'
import { type Run, system } from '#kernel/operations'
import type { Running } from '#main'
import { accept, apply, makeProduct } from '#systems/lending'
import { personalLoan } from '#test/personal-loan'

const instalments = 12
const principal = 10_000_000
/** Magic digits of the bureau's sandbox: whoever has them is approved at once. */
const approvedDigits = '0001'
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const login = 'bench'
const password = 'Ledger under the banyan 9'
/** From the demo's first day past the first due date: every loan owes an instalment and a late charge. */
export const opensAt = Date.parse('2025-09-01T03:30:00Z')
const overdueAt = Date.parse('2025-10-20T06:30:00Z')

function panOf(number: number): string {
  const at = (place: number): string => letters[Math.floor(number / 26 ** place) % 26] ?? 'A'
  return `${at(2)}${at(1)}${at(0)}PB${approvedDigits}K`
}

async function disbursed(running: Running, run: Run, count: number): Promise<string[]> {
  const product = await run(makeProduct, makeProduct.spec.input.parse(personalLoan), { key: 'product' })
  const loans = await Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const person = await run(register, { name: `Borrower ${at}`, phone: `+9197${String(at).padStart(8, '0')}`, pan: panOf(at) })
      const wanted = { person: person.id, product: product.id, principal, currency: 'INR', instalments }
      return run(apply, apply.spec.input.parse(wanted), { key: `apply:${at}` })
    }),
  )
  const settled = async (): Promise<void> => {
    await running.settled()
    await running.parts.worker.runDue()
    await running.settled()
  }
  await settled()
  await Promise.all(loans.map(({ id }) => run(accept, accept.spec.input.parse({ loan: id }), { key: `accept:${id}` })))
  await settled()
  return loans.map(({ id }) => id)
}

async function post<A>(url: string, path: string, body: object, token?: string): Promise<A> {
  const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) }
  const reply = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`)
  return (await reply.json()) as A
}

/** A lender's book made by the real operations: one active loan each for `count` people, all overdue. Gives an administrator's token. */
export async function makeBook(running: Running, url: string, count: number): Promise<{ loans: readonly string[]; token: string }> {
  const person = { name: 'Bench', phone: '+919600000000', login, password }
  await post(url, '/set-up', { token: await invite(running.pool, Date.now()), ...person })
  const { accessToken } = await post<{ accessToken: string; person: { id: string } }>(url, '/sessions', { login, password })
  const admin = { ...system('bench'), kind: 'person' as const, roles: ['admin' as const] }
  const loans = await disbursed(running, running.executor.run(admin, 'req_bench'), count)
  await post(url, '/sandbox/clock', { to: new Date(overdueAt).toISOString() }, accessToken)
  return { loans, token: accessToken }
}

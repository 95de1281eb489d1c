import { setTimeout as sleep } from 'node:timers/promises'
import type { BrowserContext } from 'playwright-core'
import { personalLoan } from '#test/personal-loan'
import { ask, post } from './browser.ts'

const askEvery_ms = 100
const asksMax = 200

export interface LoanRead {
  readonly id: string
  readonly state: string
  readonly toPay: number
}

export interface Wanted {
  readonly person: string
  readonly product: string
  readonly principal?: number
  readonly instalments?: number
}

export async function makeProduct(context: BrowserContext): Promise<string> {
  return (await post<{ id: string }>(context, '/api/v1/loan-products', personalLoan)).id
}

/** Waits for what happens by itself: the credit check, the disbursal. */
export async function reaches(context: BrowserContext, loan: string, state: string): Promise<LoanRead> {
  for (let asked = 0; asked < asksMax; asked++) {
    const found = await ask<LoanRead>(context, `/api/v1/loans/${loan}`)
    if (found.state === state) return found
    await sleep(askEvery_ms)
  }
  throw new Error(`loan ${loan} did not become ${state}`)
}

/** An application of the person, which the sandbox's bureau answers as the person's PAN says. */
export async function applyFor(context: BrowserContext, wanted: Wanted): Promise<string> {
  const body = { principal: 24_000_000, currency: 'INR', instalments: 24, ...wanted }
  return (await post<{ id: string }>(context, '/api/v1/loans', body)).id
}

/** A loan that was offered, accepted and paid out. */
export async function activeLoan(context: BrowserContext, wanted: Wanted): Promise<string> {
  const loan = await applyFor(context, wanted)
  await reaches(context, loan, 'offered')
  await post(context, `/api/v1/loans/${loan}/acceptance`, {})
  await reaches(context, loan, 'active')
  return loan
}

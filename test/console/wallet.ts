import assert from 'node:assert/strict'
import type { BrowserContext } from 'playwright-core'
import { activeLoan } from './book.ts'
import { ask, post } from './browser.ts'
import { makePerson, password } from './people.ts'
import { type Stage, visit } from './stage.ts'

/** Of a sum that needs no grouping by lakh. */
export const rupees = (minor: number): string => `₹${(minor / 100).toLocaleString('en-IN', { minimumFractionDigits: 2 })}`

let payments = 0

/** The desk pays out the rest. */
export async function leavesInTheWallet(desk: BrowserContext, person: string, left: number): Promise<void> {
  const { available } = await ask<{ available: number }>(desk, `/api/v1/people/${person}/wallet`)
  payments += 1
  const body = { payment: `out-${person}-${payments}`, amount: available - left, currency: 'INR' }
  await post(desk, `/api/v1/people/${person}/withdrawals`, body)
}

/**
 * More than is in the wallet cannot be sent: how much is missing is said, and what is there can be paid instead. What is taken out of it meanwhile
 * the page cannot know: the server refuses, and the page tells what is missing now. What is paid in at the desk is seen by itself.
 */
export async function paysNoMoreThanIsThere(stage: Stage): Promise<void> {
  const { desk, product } = stage
  const tanvi = { name: 'Tanvi Bose', login: 'tanvi', password }
  const person = await makePerson(desk, tanvi)
  const loan = await activeLoan(desk, { person, product })
  await leavesInTheWallet(desk, person, 10_000)
  const { context, page } = await visit(stage, tanvi, { phone: true })
  await page.clock.install()
  await page.goto(`/loans/${loan}/repay`)
  const [amount, send] = [page.getByLabel('Amount to pay'), page.getByRole('button', { name: /^Pay ₹[\d.]+$/ })]
  await amount.fill('500')
  await page.getByText('₹400.00 is missing').waitFor()
  assert.equal(await send.isDisabled(), true)
  await amount.press('Control+Enter')
  await page.getByRole('button', { name: 'Pay ₹100.00 instead' }).click()
  assert.equal(await amount.inputValue(), '100.00')
  await leavesInTheWallet(desk, person, 2_500)
  await send.and(page.locator(':enabled')).click()
  await page.getByRole('heading', { name: 'Nothing was recorded' }).waitFor()
  assert.equal(await amount.getAttribute('aria-invalid'), 'true')
  await page.getByText('₹75.00 is missing').waitFor()
  assert.equal(await send.isDisabled(), true)
  await post(desk, `/api/v1/people/${person}/deposits`, { payment: `in-${person}`, amount: 7_500, currency: 'INR' })
  await page.clock.fastForward(10_000)
  await send.and(page.locator(':enabled')).click()
  await page.getByRole('heading', { name: '₹100.00 recorded' }).waitFor()
  await page.getByRole('link', { name: 'Back to my loan' }).click()
  await page.getByText('To pay ahead, bring cash to our desk').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Pay ahead' }).count(), 0)
  // Nor is the loan closed from a wallet that holds too little.
  await page.goto(`/loans/${loan}/foreclose`)
  await page.getByText('is missing').waitFor()
  assert.equal(await page.getByRole('button', { name: /^Close the loan for/ }).isDisabled(), true)
  await context.close()
}

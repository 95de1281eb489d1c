import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { activeLoan } from './book.ts'
import { ask, post } from './browser.ts'
import { faultsOf } from './looks.ts'
import { makePerson, password } from './people.ts'
import { lentTo, type Stage, visit } from './stage.ts'
import { leavesInTheWallet, rupees } from './wallet.ts'

const priya = { name: 'Priya Shah', login: 'priya', password }

const lateDays = 8

/** Time goes on until the loan is overdue; where a journey before has moved it that far, it stays. */
async function untilOverdue({ desk }: Stage, loan: string): Promise<void> {
  const { dpd, nextDue } = await ask<{ dpd: number; nextDue: { dueOn: string } }>(desk, `/api/v1/loans/${loan}`)
  if (dpd > 1) return
  const day = new Date(Date.parse(nextDue.dueOn) + lateDays * 86_400_000).toISOString().slice(0, 10)
  await post(desk, '/api/v1/sandbox/clock', { to: `${day}T03:35:00.000Z` })
}

/** A loan of somebody who may sign in, made before the clock is moved, so that it is overdue when it is looked at. */
export async function lendsToABorrower(stage: Stage): Promise<string> {
  const person = await makePerson(stage.desk, priya)
  return activeLoan(stage.desk, { person, product: stage.product })
}

const paidSoFar = (page: Page, sum: string): Promise<void> =>
  page.getByText('Paid so far', { exact: true }).locator('xpath=..').getByText(sum, { exact: true }).waitFor()

/** From their wallet only, for cash is for the desk to take; then back, where it counts as paid. */
async function paysAPart(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Pay ₹/ }).click()
  await page.getByText('In your wallet: ₹').waitFor()
  await page.getByLabel('Amount to pay').fill('100')
  await page.getByRole('button', { name: 'Pay ₹100.00' }).click()
  await page.getByRole('heading', { name: '₹100.00 recorded' }).waitFor()
  await page.getByRole('link', { name: 'Back to my loan' }).click()
  await page.getByText('Paid so far', { exact: true }).locator('xpath=..').getByText('₹100.00', { exact: true }).waitFor()
}

/** Their own part of the entry, and that the whole of it is in the log. */
async function checksTheReceipt(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Statement and receipts' }).click()
  const line = page.getByRole('listitem').filter({ hasText: '₹100.00' })
  await line.getByRole('link', { name: /payment of/ }).click()
  await page.getByText('This entry stands in the signed log').waitFor()
  await page.getByText('what your part of the entry says is the server’s word').first().waitFor()
}

/** They hear no stream: what was paid at the desk is asked for after ten seconds. The menu is worked by keyboard. */
async function hearsOfADeskPayment(page: Page, stage: Stage, loan: string): Promise<void> {
  await page.getByRole('button', { name: 'Open the menu' }).press('Enter')
  await page.locator('nav a:focus').waitFor()
  // What lies behind it cannot be reached.
  await page.locator('main[inert]').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('button[aria-label="Open the menu"]:focus').waitFor()
  await post(stage.desk, `/api/v1/loans/${loan}/repayments`, { payment: `desk-${loan}`, amount: 5_000, currency: 'INR', from: 'cash' })
  await page.clock.fastForward(10_000)
  await paidSoFar(page, '₹150.00')
}

/** For themselves: there is nobody to choose. Then it stands beside the loan they have. */
async function appliesForAnother(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Apply for another loan' }).click()
  await page.getByLabel('Product').selectOption({ label: 'Personal loan' })
  await page.getByLabel('Amount').fill('30,000')
  assert.equal(await page.getByLabel('Borrower').count(), 0)
  await page.getByRole('button', { name: 'Apply for ₹30,000.00' }).click()
  await page.getByRole('link', { name: 'Open it' }).click()
  await page
    .getByRole('heading', { name: 'Your offer' })
    .or(page.getByRole('heading', { name: 'We are looking' }))
    .waitFor()
  await page.getByRole('link', { name: /^Personal loan.*to pay now/ }).click()
  await page.getByRole('heading', { name: /^Overdue since/ }).waitFor()
}

/** The wallet holds less than is due: what is missing is said, and the button pays what is there. */
async function saysWhatIsMissing(page: Page, { desk }: Stage, loan: string): Promise<void> {
  const { person, toPay } = await ask<{ person: string; toPay: number }>(desk, `/api/v1/loans/${loan}`)
  await leavesInTheWallet(desk, person, 5_000)
  await page.goto(`/my-loan/${loan}`)
  await page.getByText(`${rupees(toPay - 5_000)} is missing`).waitFor()
  assert.equal(await page.getByRole('button', { name: `Pay ${rupees(toPay)}`, exact: true }).count(), 0)
  await page.getByRole('button', { name: 'Pay ₹50.00 of it' }).click()
  await page.getByRole('button', { name: 'Pay ₹50.00' }).and(page.locator(':enabled')).waitFor()
}

/** A borrower comes to what they owe, pays of it, finds the receipt, sees what ending it would cost; another's loan is not there for them. */
export async function showsABorrowerTheirOwn(stage: Stage, own: string): Promise<void> {
  const other = await lentTo(stage, 'Rohan Gupta')
  await untilOverdue(stage, own)
  const { context, page } = await visit(stage, priya, { phone: true })
  await page.clock.install()
  await page.goto('/')
  await page.waitForURL('**/my-loan')
  await page.getByRole('heading', { name: /^Overdue since/ }).waitFor()
  await page.getByText('Instalment 1 of 24').waitFor()
  await page.getByText('Late charge', { exact: true }).waitFor()
  await page.getByText(/^for ₹[\d,.]+, if paid today$/).waitFor()
  assert.equal(await page.getByRole('link', { name: 'Ledger' }).count(), 0)
  const faults: string[] = []
  for (const one of [
    { name: 'my-statement', path: `/my-loan/${own}?tab=money`, heading: 'Statement and receipts' },
    { name: 'my-instalments', path: `/my-loan/${own}?tab=schedule`, heading: 'All instalments' },
    { name: 'my-loan', path: `/my-loan/${own}`, heading: 'My loan' },
  ])
    faults.push(...(await faultsOf(page, one)))
  assert.deepEqual(faults, [])
  await paysAPart(page)
  await hearsOfADeskPayment(page, stage, own)
  await appliesForAnother(page)
  await checksTheReceipt(page)
  await saysWhatIsMissing(page, stage, own)
  // A desk's link leads to the page of their own, and another's loan is not there.
  await page.goto(`/loans/${other}`)
  await page.waitForURL(`**/my-loan/${other}`)
  await page.getByText('lending.loan_unknown').waitFor()
  assert.equal(await page.getByText('Rohan Gupta').count(), 0)
  await context.close()
}

import assert from 'node:assert/strict'
import type { BrowserContext } from 'playwright-core'
import { applyFor, reaches } from './book.ts'
import { ask, post, settled } from './browser.ts'
import { admin, cashier, makePerson, officer, password } from './people.ts'
import { atDesk, lentTo, type Stage, visit } from './stage.ts'

interface Line {
  readonly kind: string
  readonly amount: number
  readonly reversedBy: string | null
}
const statement = async (context: BrowserContext, loan: string): Promise<readonly Line[]> =>
  (await ask<{ items: readonly Line[] }>(context, `/api/v1/loans/${loan}/statement?limit=200`)).items

/** A cheque bounces after the next payment came: the first of two repayments is reversed, the second stays. */
export async function reversesARepaymentBeneathAnother(stage: Stage): Promise<void> {
  const loan = await lentTo(stage, 'Neha Pillai')
  for (const amount of [100_000, 200_000])
    await post(stage.desk, `/api/v1/loans/${loan}/repayments`, { payment: `${loan}-${amount}`, amount, currency: 'INR', from: 'cash' })
  const { context, page, close } = await atDesk(stage, cashier)
  await page.goto(`/loans/${loan}?tab=money`)
  await page
    .getByRole('row', { name: /1,000\.00/ })
    .getByRole('link', { name: 'Reverse' })
    .click()
  await page.getByRole('heading', { name: 'Reverse a repayment' }).waitFor()
  await page.getByText('Repayments that came later stay').waitFor()
  await page.getByRole('button', { name: 'Reverse the repayment of ₹1,000.00' }).click()
  await page.getByText('Fill this in.').waitFor()
  await page.getByLabel('Reason').fill('cheque 4711 bounced')
  await page.getByRole('button', { name: 'Reverse the repayment' }).click()
  await page.getByText('The loan is now active.').waitFor()
  // An address that names none has nothing to send.
  await page.goto(`/loans/${loan}/moves/reverse`)
  await page.getByText('names no repayment of this loan').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Reverse the repayment' }).isDisabled(), true)
  const lines = await statement(context, loan)
  assert.deepEqual(
    lines.filter(({ kind }) => kind !== 'disbursal').map(({ kind, amount, reversedBy }) => [kind, amount, reversedBy !== null]),
    [
      ['reversal', -100_000, false],
      ['repayment', 200_000, false],
      ['repayment', 100_000, true],
    ],
  )
  await close()
}

export async function rejectsWithAReason(stage: Stage): Promise<void> {
  const person = await makePerson(stage.desk, { name: 'Kabir Sinha', bureau: 'doubtful' })
  const loan = await applyFor(stage.desk, { person, product: stage.product })
  await reaches(stage.desk, loan, 'referred')
  const { page, close } = await atDesk(stage, officer)
  await page.goto(`/loans/${loan}`)
  await page.getByRole('button', { name: 'Reject' }).waitFor()
  // Any move that is allowed can be typed.
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search' }).fill('Kabir Sinha')
  await page.getByRole('option', { name: /^Approve/ }).waitFor()
  await page.getByRole('option', { name: /^Reject/ }).click()
  await page.getByLabel('Reason').fill('no')
  await page.getByRole('button', { name: 'Reject Kabir Sinha’s application' }).click()
  await page.getByText('At least 3 characters.').waitFor()
  await page.getByLabel('Reason').fill('pays three other lenders already')
  await page.getByRole('button', { name: 'Reject Kabir Sinha’s application' }).click()
  await page.getByText('The loan is now rejected.').waitFor()
  await page.getByRole('link', { name: 'Back to Kabir Sinha' }).click()
  await page.getByText('pays three other lenders already').first().waitFor()
  await close()
}

/** More than there is is refused beside the amount; what there is is paid out once. */
export async function paysOutOfAWallet(stage: Stage): Promise<void> {
  const person = await makePerson(stage.desk, { name: 'Divya Joshi' })
  await post(stage.desk, `/api/v1/people/${person}/deposits`, { payment: `in-${person}`, amount: 50_000, currency: 'INR' })
  const { context, page, close } = await atDesk(stage, cashier)
  await page.goto(`/people/${person}`)
  await page.getByRole('button', { name: 'Withdraw' }).click()
  await page.getByLabel('Amount').fill('900')
  await page.getByRole('button', { name: 'Pay out ₹900.00' }).click()
  await page.getByRole('heading', { name: 'Nothing was recorded' }).waitFor()
  assert.equal(await page.getByLabel('Amount').getAttribute('aria-invalid'), 'true')
  await page.getByLabel('Amount').fill('200')
  await page.getByRole('button', { name: 'Pay out ₹200.00' }).click()
  await page.getByRole('heading', { name: '₹200.00 recorded' }).waitFor()
  const { available } = await ask<{ available: number }>(context, `/api/v1/people/${person}/wallet`)
  assert.equal(available, 30_000)
  await close()
}

/** A new password ends the session it was changed in; then the administrator deactivates the person, and theirs ends with it. */
export async function changesAPasswordAndIsDeactivated(stage: Stage): Promise<void> {
  const who = { name: 'Manoj Bhat', login: 'manoj', password }
  const person = await makePerson(stage.desk, { ...who, role: 'auditor' })
  const { context, page } = await visit(stage, who)
  await page.goto('/me')
  await page.getByLabel('Password now', { exact: true }).fill('not-that-one-at-all')
  await page.getByLabel('New password', { exact: true }).fill('another-long-password')
  await page.getByRole('button', { name: 'Change my password' }).click()
  await page.getByText('identity.credentials_wrong').waitFor()
  await page.getByLabel('Password now', { exact: true }).fill(password)
  // What is sent is kept until it is answered, so that a reload can ask for it; not so what holds a password.
  let kept = ''
  await page.route('**/password', async (route) => {
    kept = await page.evaluate<string>('JSON.stringify([sessionStorage, localStorage])')
    await route.continue()
  })
  await page.getByRole('button', { name: 'Change my password' }).click()
  await page.waitForURL('**/signin**')
  kept += await page.evaluate<string>('JSON.stringify([sessionStorage, localStorage])')
  assert.match(kept, /holdfast-move/)
  assert.doesNotMatch(kept, /long.*password/i)
  await page.getByLabel('Login').fill(who.login)
  await page.getByLabel('Password', { exact: true }).fill('another-long-password')
  await page.keyboard.press('Enter')
  await page
    .getByRole('heading', { name: 'Today' })
    .or(page.getByRole('heading', { level: 1 }))
    .first()
    .waitFor()
  await page.waitForURL((url) => !url.pathname.startsWith('/signin'))
  const boss = await atDesk(stage, admin)
  await boss.page.goto(`/people/${person}`)
  await boss.page.getByRole('button', { name: 'Deactivate' }).click()
  await boss.page.getByLabel('Reason').fill('left the company')
  await boss.page.getByRole('button', { name: 'Deactivate Manoj Bhat' }).click()
  await boss.page.getByRole('heading', { name: 'Manoj Bhat is deactivated' }).waitFor()
  await page.goto('/loans')
  await page.waitForURL('**/signin**')
  await boss.page.getByRole('link', { name: 'Back to Manoj Bhat' }).click()
  await boss.page.getByRole('button', { name: 'Reactivate' }).click()
  await boss.page.getByRole('button', { name: 'Reactivate Manoj Bhat' }).click()
  await boss.page.getByRole('heading', { name: 'Manoj Bhat is active' }).waitFor()
  for (const one of [context, boss.page]) await one.close()
}

/** A product from nothing, refused beside a field, and its next version; a cashier is not shown the way. */
export async function makesAProductAndItsNextVersion(stage: Stage): Promise<void> {
  const { context, page, close } = await atDesk(stage, admin)
  await page.goto('/products')
  await page.getByRole('button', { name: 'New product' }).click()
  await page.getByLabel('Name').fill('Gold loan')
  await page.getByRole('button', { name: 'Make the product' }).click()
  await page.getByText('Fill this in.').first().waitFor()
  for (const [label, text] of [
    ['Smallest amount', '50,000'],
    ['Largest amount', '10,000'],
    ['Fewest instalments', '3'],
    ['Most instalments', '24'],
    ['Rate a year', '11.5'],
    ['Late charge a day', '0.05'],
  ] as const)
    await page.getByLabel(label).fill(text)
  await page.getByLabel('Method').selectOption('flat')
  await page.getByRole('button', { name: 'Make the product' }).click()
  // What the schema cannot say, the server does, beside the field.
  await page.getByText('min is above max').waitFor()
  await page.getByLabel('Largest amount').fill('5,00,000')
  await page.getByText('₹5,00,000.00 over 12 months').waitFor()
  await page.getByRole('button', { name: 'Make the product' }).click()
  await page.getByRole('heading', { name: 'Gold loan, version 1, is offered' }).waitFor()
  await page.getByRole('link', { name: 'Open it' }).click()
  await page.getByRole('button', { name: 'New version' }).click()
  await page.getByLabel('Rate a year').fill('12')
  await page.getByRole('heading', { name: 'What changes' }).waitFor()
  await page.getByRole('button', { name: 'Make version 2' }).click()
  await page.getByRole('heading', { name: 'Gold loan, version 2, is offered' }).waitFor()
  const { items } = await ask<{ items: readonly { name: string; version: number; annualRate: string; method: string }[] }>(
    context,
    '/api/v1/loan-products',
  )
  const made = items.find(({ name }) => name === 'Gold loan')
  assert.deepEqual([made?.version, made?.annualRate, made?.method], [2, '12', 'flat'])
  await close()
  const cash = await atDesk(stage, cashier)
  await cash.page.goto('/products')
  await settled(cash.page)
  await cash.page.getByText('Gold loan').first().waitFor()
  assert.equal(await cash.page.getByRole('button', { name: 'New product' }).count(), 0)
  await cash.close()
}

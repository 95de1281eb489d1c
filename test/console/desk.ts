import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { axe } from './browser.ts'
import { repaymentsOf } from './money.ts'
import { cashier } from './people.ts'
import { atDesk, lentTo, type Stage } from './stage.ts'

const focused = (page: Page) => page.locator(':focus')

/** One of a queue: the name as fast as it is typed, Enter for the loan, the amount, Enter to record it. */
async function takesTwoHundredFrom(page: Page, name: string): Promise<void> {
  // Nobody waits for the field or the list: what is typed before, and Enter, is kept until they have come.
  await page.keyboard.type(name)
  await page.keyboard.press('Enter')
  await page.getByLabel('Amount received').and(focused(page)).waitFor()
  await page.getByRole('navigation', { name: 'Where you are' }).getByText(name).waitFor()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('200')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '₹200.00 recorded' }).and(focused(page)).waitFor()
  await page.locator('dl').getByText('Principal left').waitFor()
}

/** A queue at the desk by keyboard alone, also twice the same loan: from receipt to the next who pays it is one Enter. */
export async function takesAQueueByKeyboard(stage: Stage): Promise<void> {
  const names = ['Trupti Amin', 'Tushar Bhatt', 'Tulika Sen']
  const loans: string[] = []
  for (const name of names) loans.push(await lentTo(stage, name))
  const { context, page, close } = await atDesk(stage, cashier)
  await page.goto('/')
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor()
  await page.keyboard.press('r')
  await page.getByRole('option').first().waitFor()
  assert.deepEqual(await axe(page), [])
  for (const name of [...names, ...names.slice(-1)]) {
    await takesTwoHundredFrom(page, name)
    if (name === names[0]) assert.deepEqual(await axe(page), [])
    await page.keyboard.press('Enter')
  }
  await page.getByRole('combobox', { name: 'Take a repayment' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  const paid = await Promise.all(loans.map((loan) => repaymentsOf(context, loan)))
  assert.deepEqual(paid, [1, 1, 2])
  // What one came with is where one types next: whom the application is for, or how much where that is known.
  await page.keyboard.press('n')
  await page.getByRole('combobox', { name: 'Borrower' }).and(focused(page)).waitFor()
  await close()
}

/** A chart is read by keyboard: arrows walk its bars, and each is said. */
export async function readsAChartByKeyboard(stage: Stage): Promise<void> {
  const loan = await lentTo(stage, 'Uday Chitnis')
  const { page, close } = await atDesk(stage, cashier)
  await page.goto(`/loans/${loan}`)
  const chart = page.getByRole('slider', { name: 'Principal and interest' })
  await chart.focus()
  await page.keyboard.press('Home')
  const first = await chart.getAttribute('aria-valuetext')
  assert.match(first ?? '', /^1 · \d+ \w+ \d{4} · ₹[\d,.]+ \+ ₹[\d,.]+$/)
  await page.getByText(first ?? '', { exact: true }).waitFor()
  await page.keyboard.press('ArrowRight')
  assert.match((await chart.getAttribute('aria-valuetext')) ?? '', /^2 · /)
  await page.goto('/')
  const days = page.getByRole('slider', { name: 'Money in and out' })
  await days.focus()
  await page.keyboard.press('End')
  assert.match((await days.getAttribute('aria-valuetext')) ?? '', /^\d+ \w+ \d{4}: in ₹[\d,.]+, out ₹[\d,.]+$/)
  await close()
}

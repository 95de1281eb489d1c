import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { settled } from './browser.ts'
import { admin, cashier, officer } from './people.ts'
import { atDesk, type Stage } from './stage.ts'

const state = (page: Page, word: string) => page.locator('header').getByText(word, { exact: true })

async function takesAnApplication(page: Page): Promise<void> {
  await page.goto('/people/new')
  await page.getByLabel('Name').fill('Meera Iyer')
  await page.getByLabel('Phone').fill('+91 98200 00001')
  await page.getByLabel('PAN').fill('ABCPI0001K')
  await page.keyboard.press('Control+Enter')
  await page.getByRole('link', { name: 'Take an application' }).click()
  await page.getByLabel('Amount').fill('2,40,000')
  // Instalment and APR of the product's own terms, before anything is sent.
  await page.getByText('₹11,637.00').first().waitFor()
  await page.getByText('17.45 %').waitFor()
  await page.getByRole('button', { name: 'Apply for ₹2,40,000.00' }).click()
  await page.getByRole('heading', { name: 'Application taken' }).waitFor()
  await page.getByRole('link', { name: 'Open it' }).click()
}

/** The credit check and the disbursal happen by themselves; the page shows them without a reload. */
async function seesItDisbursed(page: Page): Promise<void> {
  await state(page, 'offered').waitFor()
  await page.getByText('820').first().waitFor()
  await page.getByRole('button', { name: 'Record acceptance' }).click()
  await page.getByRole('button', { name: 'Accept ₹2,40,000.00' }).click()
  await page.getByRole('link', { name: 'Back to Meera Iyer' }).click()
  await state(page, 'active').waitFor()
  await page.getByText('Disbursed', { exact: true }).waitFor()
}

async function travelsToALateDay(page: Page): Promise<void> {
  await page.goto('/')
  const date = page.getByTitle('The business date')
  const clock = page.getByRole('button', { name: 'move time forward' })
  for (const step of ['One month', 'One week']) {
    const before = await date.innerText()
    await clock.click()
    await page.getByRole('button', { name: step }).click()
    await page.getByRole('heading', { name: 'Move time forward' }).waitFor({ state: 'detached' })
    await date.filter({ hasNotText: before }).waitFor()
  }
}

async function repaysAtTheDesk(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Record repayment' }).click()
  await page.getByText('Late charge', { exact: true }).waitFor()
  await page.getByText('SMA-0').first().waitFor()
  // A figure put there by a button takes the place of what was typed, also of what could not be read.
  const amount = page.getByLabel('Amount received')
  const wanted = await amount.inputValue()
  await amount.fill('twelve')
  await page.getByText('Write an amount').waitFor()
  await page.getByRole('button', { name: 'use it' }).click()
  assert.equal(await amount.inputValue(), wanted)
  await page.getByRole('button', { name: `Record ₹${wanted}` }).click()
  await page.getByRole('link', { name: 'Back to Meera Iyer' }).click()
  await page.getByText('1 of 24 paid').waitFor()
  // Each part of the page asks for itself.
  await page
    .getByText(/days? past due/)
    .first()
    .waitFor({ state: 'detached' })
}

async function forecloses(page: Page): Promise<void> {
  await page.keyboard.press('q')
  await page.getByText('Foreclosure charge').waitFor()
  await page.getByRole('button', { name: /^Foreclose for ₹/ }).click()
  await page.getByRole('heading', { name: /^Foreclosed for ₹/ }).waitFor()
  await page.getByRole('link', { name: 'Back to Meera Iyer' }).click()
  await state(page, 'foreclosed').waitFor()
}

/** What a stranger does: from application to foreclosure, each by whoever may. */
export async function lendsFromApplicationToForeclosure(stage: Stage): Promise<void> {
  const desk = await atDesk(stage, officer)
  await takesAnApplication(desk.page)
  await seesItDisbursed(desk.page)
  const address = new URL(desk.page.url()).pathname
  const cash = await atDesk(stage, cashier)
  await cash.page.goto(address)
  await settled(cash.page)
  const boss = await atDesk(stage, admin)
  await travelsToALateDay(boss.page)
  // The cashier's page was open all the while; it may have shown days on the way.
  await cash.page.getByText('8 days past due, SMA-0').waitFor()
  // The instalment says the same of itself as the loan does.
  await cash.page.getByRole('cell', { name: '8 days past due', exact: true }).waitFor()
  await repaysAtTheDesk(cash.page)
  await forecloses(cash.page)
  for (const one of [desk, cash, boss]) await one.close()
}

/** The books balance now and as of a day before anything happened. */
export async function balancesAsOfADay(stage: Stage): Promise<void> {
  const { page, close } = await atDesk(stage, admin)
  await page.goto('/trial-balance')
  await page.getByRole('heading', { name: 'Debits equal credits' }).waitFor()
  await page.goto('/trial-balance?on=2020-01-01')
  await page.getByText('₹0.00 on each side, over 0 accounts.').waitFor()
  // Typed letter by letter, the first of which make a day too: the field stays, and the day that counts is the whole one.
  const day = page.getByLabel('As of', { exact: true })
  await day.fill('')
  await day.pressSequentially('2020-02-11', { delay: 40 })
  await page.getByText('as of the end of 11 Feb 2020').waitFor()
  assert.match(page.url(), /on=2020-02-11$/)
  await day.and(page.locator(':focus')).waitFor()
  await close()
}

import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { visitor } from './browser.ts'
import { admin } from './people.ts'
import { atDesk, lentTo, type Stage } from './stage.ts'

const dayAfter = (iso: string): string => new Date(Date.parse(`${iso}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)

async function faultOf(page: Page, label: string): Promise<string> {
  const field = page.getByLabel(label, { exact: true })
  const [told] = ((await field.getAttribute('aria-describedby')) ?? '').split(' ')
  assert.equal(await field.getAttribute('aria-invalid'), 'true')
  return page.locator(`[id="${told}"]`).innerText()
}

/** A field that says something else than the day acted on: nothing is sent for the day before, and the field says which one counts. */
export async function actsOnTheDayThatIsWritten(stage: Stage): Promise<void> {
  const loan = await lentTo(stage, 'Tara Kulkarni')
  const { page, close } = await atDesk(stage, admin)
  await page.goto(`/loans/${loan}/foreclose`)
  const send = page.getByRole('button', { name: /^Foreclose for/ })
  await send.and(page.locator(':enabled')).waitFor()
  const field = page.getByLabel('Paid on', { exact: true })
  const today = await field.inputValue()
  for (const typed of ['31 Apr 2026', '12 Mar', '1 Jan 2020']) {
    await field.fill(typed)
    assert.equal(await send.isDisabled(), true, typed)
    assert.match(await faultOf(page, 'Paid on'), new RegExp(`${today} counts`))
  }
  await field.fill(today)
  await send.and(page.locator(':enabled')).waitFor()
  // Left empty it takes back the day that stood there, and acts on it.
  await field.fill('')
  assert.equal(await send.isDisabled(), true)
  await field.blur()
  assert.equal(await field.inputValue(), today)
  await send.and(page.locator(':enabled')).waitFor()
  // An address with no day in it is today's.
  await page.goto(`/loans/${loan}/foreclose?on=2026-02-31`)
  await send.and(page.locator(':enabled')).waitFor()
  assert.equal(await field.inputValue(), today)
  await close()
}

/** What is typed into the calculator counts, and what cannot be read does not pretend to. */
export async function calculatesWhatIsTyped({ browser, server }: Stage): Promise<void> {
  const context = await visitor(browser, server.base)
  const page = await context.newPage()
  await page.goto('/open/calculator?disbursedOn=2026-03-12&firstDueOn=2026-04-12')
  await page.getByText('17.45 %').waitFor()
  const [disbursed, due] = [page.getByLabel('Disbursed on', { exact: true }), page.getByLabel('First due on', { exact: true })]
  // The first due date would lie before the day of the payment: it follows.
  await disbursed.fill('31 May 2026')
  await page.waitForURL(/disbursedOn=2026-05-31/)
  assert.equal(await due.inputValue(), '30 Jun 2026')
  await disbursed.fill('31 Jun 2026')
  assert.match(await faultOf(page, 'Disbursed on'), /31 May 2026 counts/)
  // Back: the field shows the day that counts, not what was typed for another.
  await page.evaluate(`history.pushState(null, '', '?disbursedOn=${dayAfter('2026-05-31')}')`)
  await page.waitForFunction(`[...document.querySelectorAll('input')].some((input) => input.value === '1 Jun 2026')`)
  const fee = page.getByLabel('Processing fee')
  await fee.press('End')
  await fee.press('Backspace')
  assert.equal(await fee.inputValue(), '')
  await fee.pressSequentially('3')
  await page.getByText('Fee ₹7,200.00, and ₹1,296.00 GST on it.').waitFor()
  await fee.fill('three')
  assert.match(await faultOf(page, 'Processing fee'), /3 % counts/)
  await context.close()
}

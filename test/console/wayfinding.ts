import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { admin } from './people.ts'
import { atDesk, lentTo, type Stage } from './stage.ts'

const focused = (page: Page) => page.locator(':focus')
/** Longer than anything on a page waits before it takes the focus. */
const settled_ms = 300
const ring = 'getComputedStyle(document.activeElement).outlineStyle'

/** A row that opens to a dialog has a button that says so; `j` and `k` take the focus along, and Enter presses what is in focus and nothing else. */
export async function opensRowsByKeyboard(stage: Stage): Promise<void> {
  const { page, close } = await atDesk(stage, admin)
  for (const [path, key, word] of [
    ['/audit', 'Request', /identity\.\w+|lending\.\w+/],
    ['/events', 'On behalf of', /\w+\.\w+\.v1/],
  ] as const) {
    await page.goto(path)
    const opener = page.locator('tbody button[aria-haspopup="dialog"]')
    await opener.first().waitFor()
    assert.match((await opener.first().getAttribute('aria-label')) ?? '', word)
    // By Tab alone: the first comes after the filters.
    await page.getByRole('button', { name: 'Filter' }).focus()
    await page.keyboard.press('Tab')
    await opener.first().and(focused(page)).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByText(key, { exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await opener.first().and(focused(page)).waitFor()
    await page.keyboard.press('j')
    await opener.nth(1).and(focused(page)).waitFor()
    await page.keyboard.press('k')
    await opener.first().and(focused(page)).waitFor()
    // With a row in hand Enter still presses the button that has the focus.
    await page.getByRole('button', { name: 'Filter' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menu').waitFor()
    await page.keyboard.press('Escape')
  }
  await close()
}

/** Whoever does not see a new page hears of it: the focus goes to its heading, or a field that took it keeps it and the heading is said. */
export async function saysWhichPageCame(stage: Stage): Promise<void> {
  const loan = await lentTo(stage, 'Naseem Wadia')
  const { page, close } = await atDesk(stage, admin)
  const said = page.locator('#said')
  const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name }).and(focused(page)).waitFor()
  await page.goto('/loans')
  await page.getByRole('heading', { level: 1, name: 'Loans' }).waitFor()
  // What was loaded is read by itself.
  assert.equal(await page.evaluate('document.activeElement === document.body'), true)
  await page.getByRole('link', { name: 'People' }).click()
  await heading('People')
  assert.equal(await page.evaluate(ring), 'none', 'nothing flashes for a mouse')
  await page.keyboard.type('gl')
  await heading('Loans')
  assert.equal(await page.title(), 'Loans · Holdfast')
  // Its facts are still on their way when it is opened: the heading is the one that stays.
  await page.route(`**/api/v1/loans/${loan}`, async (route) => {
    await new Promise((done) => setTimeout(done, 400))
    await route.continue()
  })
  await page.getByRole('link', { name: 'Naseem Wadia' }).click()
  await heading('Naseem Wadia')
  const tab = page.getByRole('link', { name: 'Money', exact: true })
  await tab.click()
  await page.waitForURL('**?tab=money')
  await tab.and(focused(page)).waitFor()
  await page.keyboard.press('r')
  await page.getByLabel('Amount received').and(focused(page)).waitFor()
  await said.filter({ hasText: 'Record repayment' }).waitFor({ state: 'attached' })
  // Out of the search, which gives the focus back to nothing.
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search' }).fill('trial')
  await page.getByRole('option', { name: 'Trial balance', selected: true }).waitFor()
  await page.keyboard.press('Enter')
  await heading('Trial balance')
  await page.goBack()
  await page.getByLabel('Amount received').and(focused(page)).waitFor()
  await close()
}

/** What lies behind a dialog cannot be sent by a key, nor does Alt with a letter act: it belongs to the browser. */
async function actsOnNothingUnseen(page: Page, loan: string): Promise<void> {
  const sent: string[] = []
  page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()))
  await page.goto(`/loans/${loan}/repay`)
  await page.getByLabel('Amount received').fill('100')
  await page.getByRole('button', { name: 'Record ₹100.00' }).and(page.locator(':enabled')).waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search' }).fill('nothing is called so')
  await page.getByText('Nothing matches').waitFor()
  await page.keyboard.press('Control+Enter')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Record ₹100.00' }).and(page.locator(':enabled')).waitFor()
  assert.deepEqual(sent, [])
  await page.goto(`/loans/${loan}`)
  await page.getByRole('button', { name: 'Record repayment' }).waitFor()
  await page.keyboard.press('Alt+r')
  await page.keyboard.press('q')
  await page.waitForURL('**/foreclose')
}

/** Whoever works by keyboard stays where they are when what they pressed goes away: a filter, the proof of an entry, and the list it came from. */
export async function keepsTheFocus(stage: Stage): Promise<void> {
  const loan = await lentTo(stage, 'Omana Thomas')
  const { page, close } = await atDesk(stage, admin)
  await actsOnNothingUnseen(page, loan)
  await page.goto('/loans?state=active')
  await page.getByRole('link', { name: 'Omana Thomas' }).first().waitFor()
  await page.waitForTimeout(settled_ms)
  assert.equal(await page.evaluate('document.activeElement === document.body'), true, 'what comes by itself takes no focus')
  await page.getByRole('button', { name: /^Remove the filter State/ }).press('Enter')
  await page.getByRole('button', { name: 'Filter', exact: true }).and(focused(page)).waitFor()
  await page.goto(`/loans/${loan}?tab=ledger`)
  await page
    .getByRole('button', { name: /^Verify (?!all)/ })
    .first()
    .press('Enter')
  await page.getByRole('complementary', { name: 'The proof' }).and(focused(page)).waitFor()
  await page.getByRole('button', { name: /^verified: show the proof/ }).waitFor()
  await page.keyboard.press('Escape')
  await page
    .getByRole('button', { name: /^verified: show the proof/ })
    .and(focused(page))
    .waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'This entry is unaltered, in place, and signed' }).waitFor()
  await close()
}

import assert from 'node:assert/strict'
import type { BrowserContext, Page, Route } from 'playwright-core'
import { ask, settled, signIn } from './browser.ts'
import { admin, cashier, type Login, officer } from './people.ts'
import { atDesk, lentTo, type Stage, visit } from './stage.ts'

async function enterAs(page: Page, { login, password }: Login): Promise<void> {
  await page.waitForURL('**/signin?**')
  await page.getByLabel('Login').fill(login)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
}

/** How many repayments stand in the statement. */
export async function repaymentsOf(context: BrowserContext, loan: string): Promise<number> {
  const { items } = await ask<{ items: readonly { kind: string }[] }>(context, `/api/v1/loans/${loan}/statement?limit=200`)
  return items.filter(({ kind }) => kind === 'repayment').length
}

export async function paysOnceForADoubleClick(stage: Stage): Promise<void> {
  const loan = await lentTo(stage, 'Arjun Rao')
  const { context, page, close } = await atDesk(stage, admin)
  await page.goto(`/loans/${loan}/repay`)
  await page.getByLabel('Amount received').fill('1,000')
  await page.getByRole('button', { name: 'Record ₹1,000.00' }).dblclick()
  await page.getByRole('heading', { name: '₹1,000.00 recorded' }).waitFor()
  assert.equal(await repaymentsOf(context, loan), 1)
  await page.getByRole('link', { name: 'Verify the entry' }).click()
  await page.getByRole('heading', { name: 'This entry is unaltered, in place, and signed' }).waitFor()
  await close()
}

export async function refusesBesideTheField(stage: Stage): Promise<void> {
  const loan = await lentTo(stage, 'Sunita Devi')
  const { context, page, close } = await atDesk(stage, cashier)
  const reference = `twice-${loan.slice(-6)}`
  const pay = async (amount: string): Promise<void> => {
    await page.goto(`/loans/${loan}/repay`)
    await page.getByLabel('Amount received').fill(amount)
    await page.getByLabel('Payment reference').fill(reference)
    await page.getByLabel('Amount received').press('Enter')
  }
  await pay('500')
  // What had the focus is gone with the form: it goes on to what became of it.
  await page.getByRole('heading', { name: '₹500.00 recorded' }).and(page.locator(':focus')).waitFor()
  await pay('700')
  await page.getByRole('heading', { name: 'Nothing was recorded' }).waitFor()
  const field = page.getByLabel('Payment reference')
  await field.and(page.locator(':focus')).waitFor()
  assert.equal(await field.inputValue(), reference)
  assert.equal(await page.getByLabel('Amount received').inputValue(), '700.00')
  assert.equal(await field.getAttribute('aria-invalid'), 'true')
  const [told] = ((await field.getAttribute('aria-describedby')) ?? '').split(' ')
  assert.match(await page.locator(`[id="${told}"]`).innerText(), /payment_known/)
  assert.equal(await repaymentsOf(context, loan), 1)
  await close()
}

export async function paysOnceWhenTheAnswerIsLost(stage: Stage): Promise<void> {
  const loan = await lentTo(stage, 'Imran Khan')
  const { context, page, close } = await atDesk(stage, cashier)
  await page.goto(`/loans/${loan}/repay`)
  await page.getByLabel('Amount received').fill('300')
  // The server records it, but its answer never reaches the page.
  await page.route('**/repayments', async (route) => {
    await route.fetch()
    await route.abort('connectionreset')
  })
  await page.getByRole('button', { name: 'Record ₹300.00' }).click()
  await page.getByText('Asking the server what became of it').waitFor()
  await page.unroute('**/repayments')
  await page.reload()
  await page.getByRole('heading', { name: '₹300.00 recorded' }).waitFor()
  assert.equal(await repaymentsOf(context, loan), 1)
  await close()
}

/**
 * The answer is lost and the session ends before another can come: nothing is called unrecorded, and after signing in its receipt is there.
 * Whoever else signs in there meanwhile does not send it: their key would be another, and it would be paid twice.
 */
export async function paysOnceThoughTheSessionEnds(stage: Stage): Promise<void> {
  const loan = await lentTo(stage, 'Zoya Mistry')
  const { context, page } = await visit(stage, cashier)
  await page.goto(`/loans/${loan}/repay`)
  await page.getByLabel('Amount received').fill('400')
  const lose = async (route: Route): Promise<void> => {
    await route.fetch()
    await context.clearCookies()
    await route.abort('connectionreset')
  }
  await page.route('**/repayments', lose, { times: 1 })
  await page.getByRole('button', { name: 'Record ₹400.00' }).click()
  // By then what the cashier sent, and what asked after it, has gone.
  await page.waitForURL('**/signin**')
  const sent: string[] = []
  page.on('request', (request) => request.method() === 'POST' && request.url().endsWith('/repayments') && sent.push(request.url()))
  await enterAs(page, admin)
  await page.getByRole('button', { name: /^Record/ }).waitFor()
  await settled(page)
  assert.deepEqual(sent, [])
  await context.clearCookies()
  await page.reload()
  await enterAs(page, cashier)
  await page.getByRole('heading', { name: '₹400.00 recorded' }).waitFor()
  assert.equal(await repaymentsOf(context, loan), 1)
  await context.close()
}

/**
 * The sign-in comes before the page asks again what became of it: whoever signs in then sends nothing of it, and nothing goes out once the page is left.
 */
export async function asksNothingForTheNext(stage: Stage): Promise<void> {
  const loan = await lentTo(stage, 'Yusuf Bandukwala')
  const { context, page } = await visit(stage, cashier)
  await page.goto(`/loans/${loan}/repay`)
  await page.getByLabel('Amount received').fill('450')
  const send = page.getByRole('button', { name: 'Record ₹450.00' }).and(page.locator(':enabled'))
  await send.waitFor()
  // From here on time goes by only as it is told to: the next try waits for its second.
  await page.clock.install()
  await page.clock.pauseAt(Date.now() + 60_000)
  const sent: string[] = []
  page.on('request', (request) => request.method() === 'POST' && request.url().endsWith('/repayments') && sent.push(request.url()))
  await page.route('**/repayments', (route) => route.abort('connectionreset'), { times: 1 })
  await send.click()
  await page.getByText('Asking the server what became of it').waitFor()
  assert.equal(sent.length, 1)
  await signIn(context, admin)
  await page.evaluate(`localStorage.removeItem('holdfast-person')`)
  await page.clock.fastForward(20_000)
  await page.getByText('Still no answer').waitFor()
  await settled(page)
  assert.equal(sent.length, 1)
  await context.close()
}

/** A session that could not be ended is not called ended. */
async function signsOutOrSaysNot(page: Page): Promise<void> {
  const leave = async (): Promise<void> => {
    await page.getByRole('button', { name: officer.name }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
  }
  await page.route('**/sessions/current', (route) => (route.request().method() === 'DELETE' ? route.abort() : route.continue()))
  await leave()
  await page.getByText('Still signed in').waitFor()
  await page.unroute('**/sessions/current')
  await leave()
  await page.waitForURL('**/signin')
}

/** As the browser lets a cookie run out: it alone. Clearing by name takes all of them and puts the others back, and a tab asks in between. */
async function letAccessRunOut(context: BrowserContext): Promise<void> {
  const access = (await context.cookies()).filter(({ name }) => name === 'hf_access')
  await context.addCookies(access.map((cookie) => ({ ...cookie, expires: 1 })))
  assert.equal(
    (await context.cookies()).some(({ name }) => name === 'hf_access'),
    false,
  )
}

/** Two tabs of one browser whose access has run out refresh at the same moment: both go on, where one token used twice would end the session. */
export async function staysSignedInInTwoTabs(stage: Stage): Promise<void> {
  const { context, page } = await visit(stage, cashier)
  const tabs = [page, await context.newPage()]
  await Promise.all(tabs.map((tab) => tab.goto('/loans')))
  for (let again = 0; again < 5; again++) {
    // From a page that asks nothing: one left in the middle of its refresh would lose the token that it was just given.
    await Promise.all(tabs.map((tab) => tab.goto('about:blank')))
    await letAccessRunOut(context)
    await Promise.all(tabs.map((tab) => tab.goto('/loans')))
    await Promise.all(tabs.map((tab) => tab.getByRole('heading', { name: 'Loans', level: 1 }).waitFor()))
    await Promise.all(tabs.map(settled))
  }
  assert.deepEqual(
    tabs.map((tab) => new URL(tab.url()).pathname),
    ['/loans', '/loans'],
  )
  // Another person in one tab is that person in both.
  await signIn(context, officer)
  await tabs[1]?.reload()
  await page.getByText(officer.name).waitFor()
  await signsOutOrSaysNot(page)
  await context.close()
}

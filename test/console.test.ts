import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { ask, axe, findChromium, openBrowser, settled, signInAs, visitor } from './console/browser.ts'
import { consolePages } from './console/pages.ts'
import { type RunningServer, startServer } from './console/server.ts'

const chromium = await findChromium()
if (!chromium && process.env['CI']) throw new Error('CI must have a Chromium: the browser tests would be skipped')

interface LoanRead {
  readonly id: string
  readonly toPay: number
  readonly outstanding: { readonly principal: number }
}
interface Listed<Item> {
  readonly items: readonly Item[]
}

const stage: { server?: RunningServer; browser?: Browser } = {}

function opened(): { base: string; browser: Browser } {
  const { server, browser } = stage
  assert.ok(server && browser, 'the stage is set')
  return { base: server.base, browser }
}

async function as(role: string, scheme: 'light' | 'dark' = 'light'): Promise<{ context: BrowserContext; page: Page }> {
  const { base, browser } = opened()
  const context = await visitor(browser, base, { scheme })
  await signInAs(context, role)
  return { context, page: await context.newPage() }
}

async function loanToPay(context: BrowserContext): Promise<LoanRead> {
  const { items } = await ask<Listed<LoanRead>>(context, '/api/v1/loans?state=active&limit=50')
  const loan = items.find((one) => one.toPay > 0) ?? items[0]
  assert.ok(loan, 'the demo has an active loan')
  return loan
}

async function repaymentsOf(context: BrowserContext, loan: string): Promise<number> {
  const { items } = await ask<Listed<{ kind: string }>>(context, `/api/v1/loans/${loan}/statement?limit=200`)
  return items.filter(({ kind }) => kind === 'repayment').length
}

async function signsInByKeyboard(): Promise<void> {
  const { base, browser } = opened()
  const context = await visitor(browser, base)
  const info = (await (await context.request.get('/info')).json()) as { demo: { login: string; password: string; role: string }[] }
  const who = info.demo.find(({ role }) => role === 'admin')
  assert.ok(who)
  const page = await context.newPage()
  await page.goto('/products')
  await page.waitForURL('**/signin?**')
  await page.keyboard.type(who.login)
  await page.keyboard.press('Tab')
  await page.keyboard.type('wrong-password')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  assert.match(await page.getByRole('alert').innerText(), /identity\.credentials_wrong/)
  await page.getByLabel('Password', { exact: true }).fill(who.password)
  await page.keyboard.press('Enter')
  await page.waitForURL('**/products')
  await page.keyboard.press('g')
  await page.keyboard.press('l')
  await page.waitForURL('**/loans')
  await context.close()
}

async function pagesAreClean(scheme: 'light' | 'dark'): Promise<void> {
  const { context, page } = await as('admin', scheme)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`))
  for (const { name, path } of [{ name: 'signin', path: '/signin' }, ...(await consolePages(context))]) {
    await page.goto(path)
    await settled(page)
    for (const { id, where } of await axe(page)) complaints.push(`${name}: ${id}: ${where.join(' ')}`)
  }
  assert.deepEqual(complaints, [])
  await context.close()
}

async function repaysAndVerifies(): Promise<void> {
  const { context, page } = await as('admin')
  const loan = await loanToPay(context)
  const paid = await repaymentsOf(context, loan.id)
  await page.goto(`/loans/${loan.id}/repay`)
  await page.getByLabel('Amount received').fill('1,000')
  await page.getByRole('button', { name: 'Record ₹1,000.00' }).dblclick()
  await page.getByRole('heading', { name: '₹1,000.00 recorded' }).waitFor()
  assert.equal(await repaymentsOf(context, loan.id), paid + 1)
  await page.getByRole('link', { name: 'Verify the entry' }).click()
  await page.getByRole('heading', { name: 'This entry is unaltered, in place, and signed' }).waitFor()
  await context.close()
}

async function refusesBesideTheField(): Promise<void> {
  const { context, page } = await as('admin')
  const loan = await loanToPay(context)
  const reference = `twice-${loan.id.slice(-6)}`
  const pay = async (amount: string): Promise<void> => {
    await page.goto(`/loans/${loan.id}/repay`)
    await page.getByLabel('Amount received').fill(amount)
    await page.getByLabel('Payment reference').fill(reference)
    await page.getByRole('button', { name: `Record ₹${amount}.00` }).click()
  }
  await pay('500')
  await page.getByRole('heading', { name: '₹500.00 recorded' }).waitFor()
  await pay('700')
  await page.getByRole('heading', { name: 'Nothing was recorded' }).waitFor()
  const field = page.getByLabel('Payment reference')
  assert.equal(await field.inputValue(), reference)
  assert.equal(await field.getAttribute('aria-invalid'), 'true')
  const [told] = ((await field.getAttribute('aria-describedby')) ?? '').split(' ')
  assert.match(await page.locator(`[id="${told}"]`).innerText(), /payment_known/)
  await context.close()
}

async function reloadPaysOnce(): Promise<void> {
  const { context, page } = await as('admin')
  const loan = await loanToPay(context)
  const paid = await repaymentsOf(context, loan.id)
  await page.goto(`/loans/${loan.id}/repay`)
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
  assert.equal(await repaymentsOf(context, loan.id), paid + 1)
  await context.close()
}

void describe('console', { skip: chromium ? false : 'no Chromium here' }, () => {
  before(async () => {
    stage.server = await startServer()
    stage.browser = await openBrowser(chromium ?? '')
  })
  after(async () => {
    await stage.browser?.close()
    await stage.server?.stop()
  })
  void it('signs in with the keyboard alone, and comes back to where it was', signsInByKeyboard)
  void it('shows every page clean to axe, light', () => pagesAreClean('light'))
  void it('shows every page clean to axe, dark', () => pagesAreClean('dark'))
  void it('takes a repayment once for a double click, and verifies its entry in the browser', repaysAndVerifies)
  void it('shows a refusal beside its field, and keeps what was typed', refusesBesideTheField)
  void it('pays once when the answer is lost and the page reloaded', reloadPaysOnce)
})

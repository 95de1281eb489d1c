import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { axe, findChromium, openBrowser, settled, signIn, visitor } from './console/browser.ts'
import { plainPages } from './console/pages.ts'
import { admin, type Login, makeAdmin, makeStaff, officer } from './console/people.ts'
import { type RunningConsole, startConsole } from './console/server.ts'

const chromium = await findChromium()
if (!chromium && process.env['CI']) throw new Error('CI must have a Chromium: the browser tests would be skipped')

const stage: { server?: RunningConsole; browser?: Browser } = {}

function opened(): { base: string; browser: Browser } {
  const { server, browser } = stage
  assert.ok(server && browser, 'the stage is set')
  return { base: server.base, browser }
}

async function as(who: Login, scheme: 'light' | 'dark' = 'light'): Promise<{ context: BrowserContext; page: Page }> {
  const { base, browser } = opened()
  const context = await visitor(browser, base, { scheme })
  await signIn(context, who)
  return { context, page: await context.newPage() }
}

async function setTheStage(): Promise<void> {
  stage.server = await startConsole()
  stage.browser = await openBrowser(chromium ?? '')
  const context = await visitor(stage.browser, stage.server.base)
  await makeAdmin(await context.newPage(), stage.server.invitation)
  await makeStaff(context)
  await context.close()
}

async function signsInByKeyboard(): Promise<void> {
  const { base, browser } = opened()
  const context = await visitor(browser, base)
  const page = await context.newPage()
  await page.goto('/products')
  await page.waitForURL('**/signin?**')
  await page.locator('input:focus').waitFor()
  await page.keyboard.type(officer.login)
  await page.keyboard.press('Tab')
  await page.keyboard.type('a-wrong-password')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  assert.match(await page.getByRole('alert').innerText(), /identity\.credentials_wrong/)
  await page.getByLabel('Password', { exact: true }).fill(officer.password)
  await page.keyboard.press('Enter')
  await page.waitForURL('**/products')
  await settled(page)
  await page.keyboard.press('g')
  await page.keyboard.press('p')
  await page.waitForURL('**/people')
  await context.close()
}

async function pagesAreClean(scheme: 'light' | 'dark'): Promise<void> {
  const { context, page } = await as(admin, scheme)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`))
  for (const { name, path } of [{ name: 'signin', path: '/signin' }, ...plainPages]) {
    await page.goto(path)
    await settled(page)
    for (const { id, where } of await axe(page)) complaints.push(`${name}: ${id}: ${where.join(' ')}`)
  }
  assert.deepEqual(complaints, [])
  await context.close()
}

void describe('console', { skip: chromium ? false : 'no Chromium here' }, () => {
  before(setTheStage)
  after(async () => {
    await stage.browser?.close()
    await stage.server?.stop()
  })
  void it('signs in with the keyboard alone, and comes back to where it was', signsInByKeyboard)
  void it('shows every page clean to axe, light', () => pagesAreClean('light'))
  void it('shows every page clean to axe, dark', () => pagesAreClean('dark'))
})

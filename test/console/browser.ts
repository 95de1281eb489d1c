import { randomUUID } from 'node:crypto'
import { access, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'

// Debian's name for it, and the two that other systems use.
const places = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const axeText = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** Where a Chromium is, or undefined: then browser tests are skipped, except in CI, where its absence fails. */
export async function findChromium(): Promise<string | undefined> {
  for (const place of places) {
    if (!place) continue
    const found = await access(place).then(
      () => true,
      () => false,
    )
    if (found) return place
  }
  return undefined
}

/** A headless Chromium that asks nobody but the address under test. */
export async function openBrowser(executablePath: string): Promise<Browser> {
  return await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
  })
}

const patience_ms = 15_000

export interface Look {
  readonly scheme?: 'light' | 'dark'
  readonly phone?: boolean
}

/** A fresh visitor: no cookies, no storage. */
export async function visitor(browser: Browser, base: string, { scheme = 'light', phone = false }: Look = {}): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: base,
    viewport: phone ? { width: 390, height: 844 } : { width: 1440, height: 900 },
    deviceScaleFactor: phone ? 2 : 1,
    hasTouch: phone,
    colorScheme: scheme,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'Asia/Kolkata',
  })
  context.setDefaultTimeout(patience_ms)
  return context
}

/** Signs the visitor in, as the console itself would. */
export async function signIn(context: BrowserContext, { login, password }: { login: string; password: string }): Promise<void> {
  const answer = await context.request.post('/api/v1/sessions', { headers: { 'x-holdfast-console': '1' }, data: { login, password } })
  if (!answer.ok()) throw new Error(`${login} could not sign in: ${answer.status()} ${await answer.text()}`)
}

/** Signs the visitor in as the demo person of this role. */
export async function signInAs(context: BrowserContext, role: string): Promise<void> {
  const info = await ask<{ demo?: readonly { login: string; password: string; role: string }[] }>(context, '/info')
  const who = info.demo?.find((one) => one.role === role)
  if (!who) throw new Error(`the demo has nobody with the role ${role}`)
  await signIn(context, who)
}

/** Runs an operation as the signed-in visitor, under a key of its own. */
export async function post<Answer>(context: BrowserContext, path: string, body: object): Promise<Answer> {
  const answer = await context.request.post(path, {
    headers: { 'x-holdfast-console': '1', 'idempotency-key': randomUUID() },
    data: body,
  })
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`)
  return (await answer.json()) as Answer
}

/** Reads JSON as the signed-in visitor. */
export async function ask<Answer>(context: BrowserContext, path: string): Promise<Answer> {
  const answer = await context.request.get(path)
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`)
  return (await answer.json()) as Answer
}

/** The page has its heading, and nothing is being fetched for the first time. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor()
  await page.locator('[class*="waiting"][role="status"]').first().waitFor({ state: 'detached' })
  // Text, not a function: this file is checked without the browser's types.
  await page.evaluate('document.fonts.ready.then(() => undefined)')
}

export interface Violation {
  readonly id: string
  readonly where: readonly string[]
}

/** What axe finds wrong on the page: WCAG 2.2 A and AA, and its best practices; or what these rules alone find. */
export async function axe(page: Page, only?: readonly string[]): Promise<readonly Violation[]> {
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(await readFile(axeText, 'utf8'))
  // Without what costs most and nobody reads here: a selector for every node, and the style sheets fetched again.
  const options = { resultTypes: ['violations'], selectors: false, preload: false, ...(only ? { runOnly: only } : {}) }
  return await page.evaluate<readonly Violation[]>(`axe.run(${JSON.stringify(options)}).then(({ violations }) =>
    violations.map(({ id, nodes }) => ({ id, where: nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)) })))`)
}

import type { Browser, BrowserContext, Page } from 'playwright-core'
import { Connection } from '#kernel/db'
import { attachEmbedded } from '#kernel/embedded'
import { activeLoan, makeProduct } from './book.ts'
import { type Look, openBrowser, signIn, visitor } from './browser.ts'
import { type Login, makeAdmin, makePerson, makeStaff } from './people.ts'
import { type RunningConsole, startConsole } from './server.ts'

/** One server, one browser and a small book for all of the console's tests. */
export interface Stage {
  readonly server: RunningConsole
  readonly browser: Browser
  /** Signed in as the administrator, for what a test needs done but does not look at. */
  readonly desk: BrowserContext
  readonly product: string
  /** The browser of each of the staff, kept from journey to journey: what it fetched and compiled once need not be again. */
  readonly desks: Map<string, BrowserContext>
}

export interface Visit {
  readonly context: BrowserContext
  readonly page: Page
  readonly close: () => Promise<void>
}

async function settle(server: RunningConsole, browser: Browser): Promise<Stage> {
  const desk = await visitor(browser, server.base)
  const page = await desk.newPage()
  await makeAdmin(page, server.invitation)
  await page.close()
  await makeStaff(desk)
  return { server, browser, desk, product: await makeProduct(desk), desks: new Map() }
}

/** What was started is ended where the stage cannot be set: left running it would keep the tests from ending. */
export async function openStage(chromium: string): Promise<Stage> {
  const server = await startConsole()
  let browser: Browser | undefined
  try {
    browser = await openBrowser(chromium)
    return await settle(server, browser)
  } catch (error) {
    await browser?.close()
    await server.stop()
    throw error
  }
}

export async function closeStage(stage: Stage | undefined): Promise<void> {
  await stage?.browser.close()
  await stage?.server.stop()
}

/** In a browser of their own, for what ends a session or needs another look. */
export async function visit({ browser, server }: Stage, who: Login, look: Look = {}): Promise<Visit> {
  const context = await visitor(browser, server.base, look)
  await signIn(context, who)
  return { context, page: await context.newPage(), close: () => context.close() }
}

/** In a new tab at the desk of one of the staff. */
export async function atDesk(stage: Stage, who: Login): Promise<Visit> {
  let context = stage.desks.get(who.login)
  if (!context) {
    context = await visitor(stage.browser, stage.server.base)
    await signIn(context, who)
    stage.desks.set(who.login, context)
  }
  const page = await context.newPage()
  return { context, page, close: () => page.close() }
}

/** Somebody new with a loan that was paid out today. */
export async function lentTo({ desk, product }: Stage, name: string): Promise<string> {
  return activeLoan(desk, { person: await makePerson(desk, { name }), product })
}

/** Behind the program's back, as whoever may do anything in its database. */
export async function asOwner(stage: Stage, work: (owner: Connection) => Promise<unknown>): Promise<void> {
  const found = await attachEmbedded(stage.server.data)
  if (!found) throw new Error('the embedded PostgreSQL is not running')
  const owner = await Connection.open({ ...found.owner, application: 'console test' })
  try {
    await work(owner)
  } finally {
    await owner.close()
  }
}

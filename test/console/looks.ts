import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { axe, settled, visitor } from './browser.ts'
import { type ConsolePage, consolePages } from './pages.ts'
import { admin, officer } from './people.ts'
import { atDesk, type Stage } from './stage.ts'

const desktop = { width: 1440, height: 900 }
const phone = { width: 390, height: 844 }
// How far the document or the page within it reaches past the screen; asked until it is laid out anew, half a second at most.
const widest = `new Promise((done) => {
  const measure = (left) => requestAnimationFrame(() => {
    const parts = [document.documentElement, ...document.querySelectorAll('main')]
    const wide = Math.max(...parts.map((part) => part.scrollWidth - part.clientWidth))
    if (wide <= 0 || left === 0) done(wide)
    else measure(left - 1)
  })
  measure(30)
})`

// Regions of the page that have to be moved sideways.
const sideways = `[...document.querySelectorAll('main [role="region"]')].filter((part) => part.scrollWidth > part.clientWidth + 1)
  .map((part) => part.getAttribute('aria-label'))`

// Above this rows are rows of a table; below it they are cards, where what is long breaks as it must.
const tables = 961
// Words in tables that are written on two lines, not being hyphenated.
const brokenWords = `[...document.querySelectorAll('main :is(td, th)')].flatMap((cell) => {
  const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT)
  const range = document.createRange()
  const broken = []
  while (texts.nextNode()) {
    const { currentNode: text } = texts
    for (const { index, 0: word } of text.data.matchAll(/[\\p{L}\\p{N},]+/gu)) {
      range.setStart(text, index)
      range.setEnd(text, index + word.length)
      if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) broken.push(word + ' of ' + cell.innerText.slice(0, 60))
    }
  }
  return broken
}).slice(0, 3)`

// Rows whose cells are drawn over each other; asked for once the page is laid out.
const overlapping = `[...document.querySelectorAll('main tr')].flatMap((row) => {
  const boxes = [...row.cells].filter((cell) => cell.offsetWidth > 0).flatMap((cell) => {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT)
    const range = document.createRange()
    const found = []
    while (texts.nextNode()) {
      range.selectNode(texts.currentNode)
      found.push(...range.getClientRects())
    }
    return found
  })
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1
  return boxes.some((a, at) => boxes.slice(at + 1).some((b) => over(a, b))) ? [row.innerText.slice(0, 80)] : []
}).slice(0, 1)`

/**
 * Goes there as a click on a link would: the console notices a change of the address, and neither it nor axe is loaded and compiled again.
 * The first page and the sign-in, which stand by themselves, are loaded.
 */
async function goWithin(page: Page, { path, heading }: ConsolePage): Promise<void> {
  if (!(await page.evaluate<boolean>('document.querySelector("main#page") !== null'))) return void (await page.goto(path))
  // Another page draws another heading; a tab of the same page keeps it.
  await page.evaluate(`(() => {
    const there = new URL(${JSON.stringify(path)}, location.href)
    if (there.pathname !== location.pathname) document.querySelector('h1')?.setAttribute('data-before', '')
    history.pushState(null, '', there)
  })()`)
  await page
    .locator('h1:not([data-before])')
    .filter({ hasText: heading ?? '' })
    .first()
    .waitFor()
  if (heading === undefined && path.includes('?tab=')) await page.locator(`a[aria-current="page"][href="${path}"]`).waitFor()
}

/** What is wrong with a page: in both schemes by axe, in its scripts, and on a phone what is wider than the screen. */
export async function faultsOf(page: Page, one: ConsolePage): Promise<string[]> {
  const { name } = one
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(desktop)
  await goWithin(page, one)
  await settled(page)
  await page.locator('[data-mantine-color-scheme="light"]').waitFor()
  const light = await axe(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.locator('[data-mantine-color-scheme="dark"]').waitFor()
  // What differs between the schemes is colour.
  const dark = await axe(page, ['color-contrast'])
  const faults = [...light, ...dark].map(({ id, where }) => `${name}: ${id}: ${where.join(' ')}`)
  await page.setViewportSize(phone)
  const wide = await page.evaluate<number>(widest)
  const over = await page.evaluate<readonly string[]>(overlapping)
  return [
    ...faults,
    ...(wide > 0 ? [`${name}: ${wide} px wider than a phone`] : []),
    ...over.map((row) => `${name}: drawn over each other: ${row}`),
  ]
}

/** Every page: nothing for axe to say in light and dark, no error in a script, nothing wider than a phone. */
export async function pagesAreClean(stage: Stage): Promise<void> {
  const { context, page, close } = await atDesk(stage, admin)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.message}`))
  for (const one of [{ name: 'signin', path: '/signin' }, ...(await consolePages(context))]) faults.push(...(await faultsOf(page, one)))
  assert.deepEqual(faults, [])
  await close()
}

const answer = async (page: Page, where: string | RegExp, change: (text: string) => string): Promise<void> => {
  await page.route(where, async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, body: change(await response.text()) })
  })
}

/** The shell is the same on every page; these have controls of their own that make room. */
const shells = /^(today|loans|loan|person|proof-entry)$/

interface Narrowness {
  readonly over: number
  readonly inside: readonly string[]
  readonly broken: readonly string[]
}
const narrowness = `${widest}.then((over) => ({ over, inside: ${sideways}, broken: innerWidth < ${tables} ? [] : ${brokenWords} }))`

/** The page that is open, at each of these widths: what is wider than its place, has to be moved sideways to be read, or breaks within a word. */
async function narrowFaults(page: Page, name: string, widths: readonly number[]): Promise<string[]> {
  const faults: string[] = []
  await settled(page)
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 })
    const { over, inside, broken } = await page.evaluate<Narrowness>(narrowness)
    if (over > 0 || inside.length > 0) faults.push(`${name} at ${width}: ${over} px, ${inside.join(', ')}`)
    faults.push(...broken.map((word) => `${name} at ${width}: breaks within ${word}`))
    // Where words make room for icons, what they named has its name all the same.
    if (shells.test(name) && (width === 1024 || width === 360))
      for (const { id, where } of await axe(page, ['link-name', 'button-name']))
        faults.push(`${name} at ${width}: ${id}: ${where.join(' ')}`)
  }
  return faults
}

/** Figures of a large lender and names of the longest kind: nothing is wider than the screen or has to be moved sideways to be read, and a row stays a row. */
export async function holdsCroresOfCrores(stage: Stage): Promise<void> {
  const { page, close } = await atDesk(stage, admin)
  const large = 987_654_321_012_345
  await answer(page, '**/reports/overview', (text) => text.replaceAll(/"(amount|outstanding|in|out)":\d+/g, `"$1":${large}`))
  await answer(page, /\/api\/v1\/loans\?/, (text) => text.replaceAll(/"principal":\d+/g, `"principal":987654321012`))
  // What a clerk of a branch far away was refused: both names at their longest.
  await answer(page, /\/api\/v1\/audit\?/, (text) =>
    text
      .replaceAll(/"operation":"[^"]+"/g, '"operation":"operations.forget_answers"')
      .replaceAll(/"outcome":"[^"]+","fault":(null|"[^"]+")/g, '"outcome":"refused","fault":"lending.instalments_out_of_range"'),
  )
  const wide: string[] = []
  for (const path of ['/', '/loans', '/audit']) {
    await page.goto(path)
    if (path === '/audit') await page.getByText('lending.instalments_out_of_range').first().waitFor({ state: 'attached' })
    wide.push(...(await narrowFaults(page, path, [1440, 1280, 1180, 1024, phone.width, 360])))
  }
  assert.deepEqual(wide, [])
  await close()
}

const widths = [1440, 1280, 1201, 1101, 1024, 961, 901, 820, 600, 360, 320]
/** Where there are many columns, or two panels beside each other, each of them counts; elsewhere these tell as much. */
const few = [1280, 1024, 961, 820, 360, 320]
const widePages = /^(today|loans|people|ledger|audit|events|jobs|products|calculator|loan.*|repay|referred|proof-entry)$/
/** Forms have nothing that a table's width could push; all other pages are looked at. */
const forms = /^(apply|approve|reject|deposit|deactivate|me|person-new|product-new|product-version|breaker-order)$/

/** Between a desktop and a phone too: nothing is wider than its place, has to be moved sideways to be read, or breaks within a word. */
export async function fitsEveryWidth(stage: Stage): Promise<void> {
  const { context, page, close } = await atDesk(stage, admin)
  const wide: string[] = []
  await page.goto('/')
  for (const one of (await consolePages(context)).filter(({ name }) => !forms.test(name))) {
    await page.setViewportSize(desktop)
    await goWithin(page, one)
    wide.push(...(await narrowFaults(page, one.name, widePages.test(one.name) ? widths : few)))
  }
  assert.deepEqual(wide, [])
  await close()
}

export async function signsInByKeyboard({ browser, server }: Stage): Promise<void> {
  const context = await visitor(browser, server.base)
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
  await page.getByRole('heading', { name: 'Products' }).waitFor()
  await page.keyboard.type('gl')
  await page.getByRole('heading', { name: 'Loans' }).waitFor()
  // A dialog gives the focus back to what had it.
  const here = page.getByRole('link', { name: 'Calculator' })
  for (const keys of ['?', 'Control+k']) {
    await here.focus()
    await page.keyboard.press(keys)
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await here.and(page.locator(':focus')).waitFor()
  }
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search' }).and(page.locator(':focus')).waitFor()
  // It lies over the page and does not take its place: what is in a corner can be seen through.
  assert.match(await page.evaluate<string>('getComputedStyle(document.elementFromPoint(4, innerHeight - 4)).backgroundColor'), /^rgba\(/)
  await page.keyboard.type('trial')
  await page.getByRole('option', { name: 'Trial balance', selected: true }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Trial balance' }).waitFor()
  await context.close()
}

/** Instalment, schedule and APR follow the slider. */
export async function calculatesWithTheSlider({ browser, server }: Stage): Promise<void> {
  const context = await visitor(browser, server.base)
  const page = await context.newPage()
  await page.goto('/open/calculator')
  await page.getByText('₹11,636.80').waitFor()
  await page.getByText('17.45 %').waitFor()
  const slider = page.getByRole('slider', { name: 'Instalments' })
  await slider.focus()
  await page.keyboard.press('ArrowRight')
  await page.getByText('25 months').waitFor()
  assert.match(page.url(), /instalments=25/)
  await context.close()
}

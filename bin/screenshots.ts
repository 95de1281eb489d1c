// Renders every page of the console from a running demo into docs/screenshots/: desktop and phone, light and dark.
// Usage: bin/screenshots [ADDRESS] [NAME…]      the address is http://127.0.0.1:8080 unless said; names choose pages
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { findChromium, openBrowser, settled, signInAs, visitor } from '#test/console/browser'
import { type ConsolePage, consolePages } from '#test/console/pages'

const folder = path.join(import.meta.dirname, '..', 'docs', 'screenshots')
const drawn_ms = 500
const looks = [
  { suffix: 'light', scheme: 'light', phone: false },
  { suffix: 'dark', scheme: 'dark', phone: false },
  { suffix: 'light-phone', scheme: 'light', phone: true },
  { suffix: 'dark-phone', scheme: 'dark', phone: true },
] as const
const signedOut: readonly ConsolePage[] = [{ name: 'signin', path: '/signin' }]

const [address = 'http://127.0.0.1:8080', ...wanted] = process.argv.slice(2)
const chromium = await findChromium()
if (!chromium) {
  process.stderr.write('There is no Chromium here. Install one (Debian: apt-get install chromium) or name it in CHROMIUM.\n')
  process.exit(1)
}
await mkdir(folder, { recursive: true })
const browser = await openBrowser(chromium)
try {
  for (const { suffix, ...look } of looks) {
    const context = await visitor(browser, address, look)
    const page = await context.newPage()
    const take = async ({ name, path: place }: ConsolePage): Promise<void> => {
      if (wanted.length > 0 && !wanted.includes(name)) return
      await page.goto(place)
      await settled(page)
      await page.waitForTimeout(drawn_ms)
      await page.screenshot({ path: path.join(folder, `${name}-${suffix}.png`) })
    }
    for (const one of signedOut) await take(one)
    await signInAs(context, 'admin')
    for (const one of await consolePages(context)) await take(one)
    await context.close()
    process.stdout.write(`${suffix}: done\n`)
  }
} finally {
  await browser.close()
}

// Pictures of the console from a running demo.
// Usage: bin/screenshots [ADDRESS]                     the few that the documents show, into docs/screenshots/
//        bin/screenshots --all FOLDER [ADDRESS] [NAME…]   every page, or those named, desktop and phone, light and dark
// ADDRESS is http://127.0.0.1:8080 unless said.
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { findChromium, type Look, openBrowser, settled, signInAs, visitor } from '#test/console/browser'
import { type ConsolePage, consolePages, ownPages } from '#test/console/pages'

const home = 'http://127.0.0.1:8080'
const drawn_ms = 500
const quality = 0.86
const looks: readonly (Look & { readonly suffix: string; readonly shown: readonly string[] })[] = [
  { suffix: 'light', scheme: 'light', phone: false, shown: ['today', 'loans', 'loan', 'calculator', 'repay', 'proof-entry'] },
  { suffix: 'dark', scheme: 'dark', phone: false, shown: ['today', 'loan'] },
  { suffix: 'light-phone', scheme: 'light', phone: true, shown: ['my-loan', 'calculator'] },
  { suffix: 'dark-phone', scheme: 'dark', phone: true, shown: [] },
]
const signedOut: readonly ConsolePage[] = [{ name: 'signin', path: '/signin' }]

interface Wanted {
  readonly folder: string
  readonly address: string
  readonly has: (name: string, shown: readonly string[]) => boolean
}

function wantedFrom([first, ...rest]: readonly string[]): Wanted {
  const documents = path.join(import.meta.dirname, '..', 'docs', 'screenshots')
  if (first !== '--all') return { folder: documents, address: first ?? home, has: (name, shown) => shown.includes(name) }
  const [folder = 'screenshots', ...others] = rest
  const names = others.filter((one) => !one.includes('://'))
  const address = others.find((one) => one.includes('://')) ?? home
  return { folder, address, has: (name) => names.length === 0 || names.includes(name) }
}

/** A third of the PNG's size at the same look; the browser itself is the encoder. */
async function asWebp(press: Page, png: Buffer): Promise<Buffer> {
  const encoded = await press.evaluate<string>(`(async () => {
    const image = new Image()
    image.src = 'data:image/png;base64,${png.toString('base64')}'
    await image.decode()
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height })
    canvas.getContext('2d').drawImage(image, 0, 0)
    return canvas.toDataURL('image/webp', ${quality}).split(',')[1]
  })()`)
  return Buffer.from(encoded, 'base64')
}

async function take(browser: Browser, { folder, address, has }: Wanted): Promise<void> {
  for (const { suffix, shown, ...look } of looks) {
    const context = await visitor(browser, address, look)
    const [page, press] = [await context.newPage(), await context.newPage()]
    await page.bringToFront()
    const picture = async ({ name, path: place }: ConsolePage): Promise<void> => {
      if (!has(name, shown)) return
      await page.goto(place)
      await settled(page)
      await page.waitForTimeout(drawn_ms)
      await writeFile(path.join(folder, `${name}-${suffix}.webp`), await asWebp(press, await page.screenshot()))
    }
    for (const one of signedOut) await picture(one)
    await signInAs(context, 'admin')
    for (const one of await consolePages(context)) await picture(one)
    await signInAs(context, 'borrower')
    for (const one of ownPages) await picture(one)
    await context.close()
    process.stdout.write(`${suffix}: done\n`)
  }
}

const chromium = await findChromium()
if (!chromium) {
  process.stderr.write('There is no Chromium here. Install one (Debian: apt-get install chromium) or name it in CHROMIUM.\n')
  process.exit(1)
}
const given = process.argv.slice(2)
if (given.includes('--help')) {
  process.stdout.write('Usage: bin/screenshots [ADDRESS]\n       bin/screenshots --all FOLDER [ADDRESS] [NAME…]\n')
  process.exit(0)
}
const wanted = wantedFrom(given)
const runs = await fetch(new URL('/health/live', wanted.address)).then(
  ({ ok }) => ok,
  () => false,
)
if (!runs) {
  process.stderr.write(`No Holdfast answers at ${wanted.address}. Start one (npm start), or say where it is: bin/screenshots ADDRESS\n`)
  process.exit(1)
}
await mkdir(wanted.folder, { recursive: true })
const browser = await openBrowser(chromium)
try {
  await take(browser, wanted)
} finally {
  await browser.close()
}

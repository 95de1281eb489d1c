import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { sql } from '#kernel/db'
import { applyFor, reaches } from './book.ts'
import { ask, post, signIn, visitor } from './browser.ts'
import { admin, makePerson } from './people.ts'
import { atDesk, asOwner, lentTo, type Stage } from './stage.ts'
import { openWire, type Wire } from './wire.ts'

const allTries_ms = 30_000

/** Something the program cannot get past: the database refuses a schedule of this many instalments. Answers the loan that is caught in it. */
export async function breaksAReaction(stage: Stage): Promise<string> {
  await asOwner(stage, (owner) => owner.execute(sql`alter table lending.instalment add constraint test_wall check (number < 31)`))
  const person = await makePerson(stage.desk, { name: 'Gurpreet Singh Sandhu' })
  const loan = await applyFor(stage.desk, { person, product: stage.product, instalments: 36 })
  await reaches(stage.desk, loan, 'offered')
  await post(stage.desk, `/api/v1/loans/${loan}/acceptance`, {})
  return loan
}

/** A reaction that failed until it was parked is seen, replayed once its cause is gone, and succeeds. */
export async function replaysADeadLetter(stage: Stage, loan: string): Promise<void> {
  const { page, close } = await atDesk(stage, admin)
  await page.goto('/dead-letters')
  await page.getByText('1 key is parked').waitFor()
  await page.getByText('lending.accepted.v1').waitFor()
  // It is dead, not being tried again by itself: only a person moves it now.
  const button = page.getByRole('button', { name: `key ${loan}` }).and(page.locator(':enabled'))
  await button.waitFor({ timeout: allTries_ms })
  await asOwner(stage, (owner) => owner.execute(sql`alter table lending.instalment drop constraint test_wall`))
  await button.click()
  await page.getByRole('heading', { name: 'Nothing is parked' }).waitFor()
  await reaches(stage.desk, loan, 'active')
  await close()
}

/** A list that is open shows what others do, without a reload. */
export async function showsChangesLive(stage: Stage): Promise<void> {
  const { page, close } = await atDesk(stage, admin)
  await page.goto('/loans')
  await page.getByText('live', { exact: true }).or(page.getByText('updated as it happens')).first().waitFor()
  await lentTo(stage, 'Kavya Nair')
  const row = page.getByRole('row', { name: /Kavya Nair/ })
  await row.getByText('active').waitFor()
  await close()
}

/** The line to the server breaks and comes back: it is said, and what changed meanwhile is shown without a reload. */
export async function comesBackLive(stage: Stage): Promise<void> {
  const wire = await openWire(stage.server.base)
  const context = await visitor(stage.browser, wire.base)
  try {
    await signIn(context, admin)
    await losesAndFindsTheLine(await context.newPage(), stage, wire)
  } finally {
    await context.close()
    await wire.cut()
  }
}

async function losesAndFindsTheLine(page: Page, stage: Stage, wire: Wire): Promise<void> {
  await page.goto('/events')
  await page.locator('main [data-state="live"]').first().waitFor()
  // Held back by hand meanwhile: a line that is lost is called lost all the same, and not live before it is.
  await page.keyboard.press('p')
  await page.locator('main [data-state="paused"]').first().waitFor()
  await wire.cut()
  await page.locator('main [data-state="lost"]').first().waitFor()
  await makePerson(stage.desk, { name: 'Heard Of Later' })
  await page.keyboard.press('p')
  assert.equal(await page.locator('[data-state="live"]').count(), 0)
  await wire.mend()
  await page.locator('main [data-state="live"]').first().waitFor()
  await page.getByText('Heard Of Later').first().waitFor()
  // Paused on this page alone: others have no button to go on with.
  await page.keyboard.press('p')
  await page.getByRole('link', { name: 'People' }).click()
  await makePerson(stage.desk, { name: 'Heard Of At Once' })
  await page.getByText('Heard Of At Once').waitFor()
}

/** A breaker is forced open with a reason, then closed; both stand in the audit trail. */
export async function ordersABreaker(stage: Stage): Promise<void> {
  const { context, page, close } = await atDesk(stage, admin)
  await page.goto('/breakers')
  await page.getByRole('link', { name: 'bureau' }).click()
  await page.getByRole('button', { name: 'Force open' }).click()
  await page.getByRole('button', { name: 'Force open: bureau' }).click()
  await page.getByText('Fill this in.').or(page.getByText('At least 3 characters.')).first().waitFor()
  await page.getByLabel('Reason').fill('The bureau told us of works tonight')
  await page.getByRole('button', { name: 'Force open: bureau' }).click()
  await page.getByRole('link', { name: 'Back to bureau' }).click()
  await page.getByText('forced open', { exact: true }).first().waitFor()
  await page.getByRole('row', { name: /Force open.*Asha Menon.*works tonight/ }).waitFor()
  await page.getByRole('button', { name: 'Close', exact: true }).click()
  await page.getByLabel('Reason').fill('Works are over')
  await page.getByRole('button', { name: 'Close: bureau' }).click()
  await page.getByRole('heading', { name: 'Ordered' }).waitFor()
  // Sent before the form knew its rules, the empty reason was refused by the server: that is a record too.
  const { items } = await ask<{ items: readonly { outcome: string }[] }>(context, '/api/v1/audit?operation=breakers.order&outcome=done')
  assert.equal(items.length, 2)
  await close()
}

/** An entry changed behind the program's back is found by the browser, which takes nobody's word. */
export async function findsATamperedEntry(stage: Stage): Promise<void> {
  const loan = await lentTo(stage, 'Farah Siddiqui')
  const { items } = await ask<{ items: readonly { id: string }[] }>(stage.desk, `/api/v1/ledger/transfers?loan=${loan}&limit=1`)
  const id = items[0]?.id ?? ''
  const { page, close } = await atDesk(stage, admin)
  await page.goto(`/proof/${id}`)
  await page.getByRole('heading', { name: 'This entry is unaltered, in place, and signed' }).waitFor()
  const write = (from: string, to: string) =>
    asOwner(stage, (owner) => owner.execute(sql`update ledger.transfer set body = replace(body, ${from}, ${to}) where id = ${id}`))
  const [lent, altered] = ['"amount":"24000000"', '"amount":"24000100"']
  await write(lent, altered)
  await page.getByRole('button', { name: 'Check again' }).click()
  await page.getByRole('heading', { name: 'This entry was changed after it was sealed' }).waitFor()
  await write(altered, lent)
  await page.getByRole('button', { name: 'Check again' }).click()
  await page.getByRole('heading', { name: 'This entry is unaltered, in place, and signed' }).waitFor()
  // Text that is no entry at all any more is found too.
  await page.route('**/receipt', async (route) => {
    const response = await route.fetch()
    const receipt = (await response.json()) as { body: string }
    await route.fulfill({ response, json: { ...receipt, body: receipt.body.replace(/"amount":"-?\d+"/, '"amount":"much"') } })
  })
  await page.getByRole('button', { name: 'Check again' }).click()
  await page.getByRole('heading', { name: 'This entry was changed after it was sealed' }).waitFor()
  // Nor is it said that no answer came where one came that proves nothing; and what was found before is not passed off as found now.
  await page.unroute('**/receipt')
  await page.route('**/receipt', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, json: { ...((await response.json()) as object), digest: '%%' } })
  })
  await page.getByRole('button', { name: 'Check again' }).click()
  await page.getByText('What the server handed out is no proof').waitFor()
  await page.getByText('What stands below was found before.').waitFor()
  await page.getByRole('navigation', { name: 'Main' }).getByText('1 fault found').waitFor()
  await close()
}

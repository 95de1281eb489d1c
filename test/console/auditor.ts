import assert from 'node:assert/strict'
import { sql } from '#kernel/db'
import { ask, axe, post } from './browser.ts'
import { admin } from './people.ts'
import { asOwner, atDesk, lentTo, type Stage } from './stage.ts'

interface Entries {
  readonly items: readonly { readonly id: string }[]
}

/**
 * An auditor proves in one go that no entry of a loan was altered: a changed one is found among them and named, and so is one that was kept back,
 * by the gap that it leaves in a chain.
 */
export async function checksEveryEntry(stage: Stage): Promise<void> {
  const loan = await lentTo(stage, 'Gauri Pathak')
  await post(stage.desk, `/api/v1/loans/${loan}/repayments`, { payment: 'audit-1', amount: 150_000, currency: 'INR', from: 'cash' })
  const { items } = await ask<Entries>(stage.desk, `/api/v1/ledger/transfers?loan=${loan}`)
  const first = items.at(-1)?.id ?? ''
  const { page, close } = await atDesk(stage, admin)
  await page.goto(`/loans/${loan}?tab=ledger`)
  await page.getByRole('button', { name: 'Verify all' }).waitFor()
  await page.keyboard.press('v')
  await page.getByRole('heading', { name: `All ${items.length} entries are unaltered, in place, and signed` }).waitFor()
  await page
    .getByRole('button', { name: /^verified: show the proof/ })
    .nth(items.length - 1)
    .waitFor()
  assert.deepEqual(await axe(page), [])
  const again = page.getByRole('button', { name: 'Check all again' })
  const write = (from: string, to: string) =>
    asOwner(stage, (owner) => owner.execute(sql`update ledger.transfer set body = replace(body, ${from}, ${to}) where id = ${first}`))
  const [lent, altered] = ['"amount":"24000000"', '"amount":"24000100"']
  await write(lent, altered)
  await again.click()
  await page.getByRole('heading', { name: `1 of ${items.length} entries cannot be relied on` }).waitFor()
  await page.locator(`a[href="/proof/${first}"]`).first().waitFor()
  await write(altered, lent)
  await page.route('**/ledger/transfers?*', async (route) => {
    const response = await route.fetch()
    const list = (await response.json()) as Entries
    await route.fulfill({ response, json: { ...list, items: list.items.filter(({ id }) => id !== first) } })
  })
  await again.click()
  await page.getByRole('heading', { name: /sound, but \d chains? (is|are) broken/ }).waitFor()
  await page.getByText('link 1 is missing').first().waitFor()
  await page.unroute('**/ledger/transfers?*')
  await close()
}

/** The whole ledger, from the page of proofs: it goes on while one is elsewhere, and is found again. */
export async function checksTheWholeLedger(stage: Stage): Promise<void> {
  const { page, close } = await atDesk(stage, admin)
  await page.goto('/proof')
  await page.getByRole('button', { name: 'Check every entry' }).click()
  await page.getByRole('progressbar', { name: 'Entries checked' }).or(page.getByText('have no gap')).first().waitFor()
  await page.keyboard.type('gl')
  await page.getByRole('heading', { level: 1, name: 'Loans' }).waitFor()
  await page.keyboard.type('gs')
  await page.getByRole('heading', { level: 1, name: 'Proof' }).waitFor()
  await page.getByRole('heading', { name: /^All \d+ entries are unaltered, in place, and signed$/ }).waitFor({ timeout: 60_000 })
  await page.getByText(/The \d+ accounts have no gap/).waitFor()
  await close()
}

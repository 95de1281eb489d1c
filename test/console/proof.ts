import assert from 'node:assert/strict'
import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { Page } from 'playwright-core'
import { ask } from './browser.ts'
import { admin } from './people.ts'
import { lentTo, type Stage, visit } from './stage.ts'

const sound = 'This entry is unaltered, in place, and signed'
const fingerprintOf = (pem: string): string =>
  createHash('sha256')
    .update(createPublicKey(pem).export({ type: 'spki', format: 'der' }))
    .digest('hex')

/** As a browser that saw a log of so many records here before. */
async function remembersALog(page: Page, size: number): Promise<void> {
  const seen = JSON.stringify({ size, root: '00'.repeat(32), time: '2026-01-01T00:00:00Z' })
  await page.evaluate(`localStorage.setItem('holdfast-checkpoint', ${JSON.stringify(seen)})`)
}

/** As a browser that came here under another key, and with `size` records seen by then. */
async function remembers(page: Page, pem: string, size: number): Promise<void> {
  await page.evaluate(`localStorage.setItem('holdfast-public-key', ${JSON.stringify(pem)})`)
  if (size > 0) await remembersALog(page, size)
}

async function firstEntryOf({ desk }: Stage, loan: string): Promise<string> {
  const { items } = await ask<{ items: readonly { id: string }[] }>(desk, `/api/v1/ledger/transfers?loan=${loan}&limit=1`)
  return items[0]?.id ?? ''
}

/**
 * The key that signs the log was replaced: what it signs is not believed, both fingerprints are shown, and it is accepted only with the one
 * that the person was told; then also another log at this address.
 */
export async function acceptsAKeyThatWasReplaced(stage: Stage): Promise<void> {
  const id = await firstEntryOf(stage, await lentTo(stage, 'Iqbal Merchant'))
  const { context, page } = await visit(stage, admin)
  await page.goto(`/proof/${id}`)
  await page.getByRole('heading', { name: sound }).waitFor()
  const receipt = await ask<{ publicKey: string }>(context, `/api/v1/ledger/transfers/${id}/receipt`)
  const [now, before] = [fingerprintOf(receipt.publicKey), generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' })]
  for (const size of [0, 1_000_000]) {
    await remembers(page, String(before), size)
    await page.getByRole('button', { name: 'Check again' }).click()
    await page.getByRole('heading', { name: 'Signed by another key than on your earlier visits' }).waitFor()
    const shown = (await page.locator('main').innerText()).replaceAll(/\s/g, '')
    for (const one of [now, fingerprintOf(String(before))]) assert.ok(shown.includes(one), 'both fingerprints are shown')
    assert.equal(shown.includes('Itisanotherlog'), size > 0)
    // A look at it is no assent.
    await page.reload()
    await page.getByRole('heading', { name: 'Is the new key right?' }).waitFor()
    const [field, accept] = [page.getByLabel('Fingerprint you were told'), page.getByRole('button', { name: 'trust the new one' })]
    assert.equal(await accept.isDisabled(), true)
    await field.fill(fingerprintOf(String(before)))
    await page.getByText('Do not accept it.').waitFor()
    assert.equal(await accept.isDisabled(), true)
    await field.fill(`${now}  -`)
    await accept.click()
    await page.getByRole('heading', { name: sound }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: sound }).waitFor()
    await page.getByText('the key of your earlier visits').waitFor()
  }
  await context.close()
}

/**
 * The key is the known one, but the log is shorter than it was, or another: an alarm, which says in plain words what it means and what to do. It
 * is accepted only with who told of a restore and why; both stay to be seen, and from then on the log has to go on from the accepted one.
 */
export async function acceptsALogThatWasRestored(stage: Stage): Promise<void> {
  const id = await firstEntryOf(stage, await lentTo(stage, 'Jamila Contractor'))
  const { context, page } = await visit(stage, admin)
  await page.goto(`/proof/${id}`)
  await page.getByRole('heading', { name: sound }).waitFor()
  for (const [size, verdict] of [
    [1_000_000, 'The log is shorter than on your last visit'],
    [3, 'The log is not the one of your last visit'],
  ] as const) {
    await remembersALog(page, size)
    await page.getByRole('button', { name: 'Check again' }).click()
    await page.getByRole('heading', { name: verdict }).waitFor()
    await page.getByText('1 fault found').waitFor()
    // A look at it is no assent.
    await page.reload()
    await page.getByRole('heading', { name: 'Was it restored from a backup?' }).waitFor()
    const accept = page.getByRole('button', { name: 'Accept the log as restored' })
    await page.getByLabel('Who told you of the restore').fill('Rekha Nair, by telephone')
    assert.equal(await accept.isDisabled(), true)
    await page.getByLabel('What they told you').fill(`disk failed; backup of ${size} o’clock`)
    await accept.click()
    await page.getByRole('heading', { name: sound }).waitFor()
    assert.equal(await page.getByText('1 fault found').count(), 0)
    await page.reload()
    await page.getByText('Nothing removed since your last visit').waitFor()
  }
  await page.goto('/proof')
  await page.getByRole('heading', { name: /^Accepted in this browser/ }).waitFor()
  for (const said of ['10,00,000', 'backup of 3 o’clock']) await page.getByRole('listitem').filter({ hasText: said }).waitFor()
  await context.close()
}

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

/** As a browser that came here under another key, and with `size` records seen by then. */
async function remembers(page: Page, pem: string, size: number): Promise<void> {
  const seen = JSON.stringify({ size, root: '00'.repeat(32), time: '2026-01-01T00:00:00Z' })
  await page.evaluate(`localStorage.setItem('holdfast-public-key', ${JSON.stringify(pem)})`)
  if (size > 0) await page.evaluate(`localStorage.setItem('holdfast-checkpoint', ${JSON.stringify(seen)})`)
}

/**
 * The key that signs the log was replaced: what it signs is not believed, both fingerprints are shown, and it is accepted only with the one
 * that the person was told; then also another log at this address.
 */
export async function acceptsAKeyThatWasReplaced(stage: Stage): Promise<void> {
  const loan = await lentTo(stage, 'Iqbal Merchant')
  const { items } = await ask<{ items: readonly { id: string }[] }>(stage.desk, `/api/v1/ledger/transfers?loan=${loan}&limit=1`)
  const id = items[0]?.id ?? ''
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

import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { activeLoan, applyFor, reaches } from './book.ts'
import { post } from './browser.ts'
import { admin, cashier, makePerson } from './people.ts'
import { atDesk, lentTo, type Stage } from './stage.ts'

/** A form for the next in the queue begins empty, and a slip of the finger takes nothing away. */
export async function takesOneApplicationAfterAnother(stage: Stage): Promise<void> {
  const person = await makePerson(stage.desk, { name: 'Bharti Salunkhe' })
  const { page, close } = await atDesk(stage, cashier)
  await page.goto(`/apply?person=${person}&principal=24000000`)
  const [borrower, instalments] = [page.getByLabel('Borrower'), page.getByLabel('Instalments', { exact: true })]
  await page.locator('input[value="Bharti Salunkhe"]').waitFor()
  await instalments.fill('18')
  await instalments.pressSequentially('o')
  assert.equal(await instalments.inputValue(), '18')
  await page.getByRole('button', { name: 'Apply for ₹2,40,000.00' }).click()
  await page.getByRole('heading', { name: 'Application taken' }).waitFor()
  await page.getByRole('link', { name: 'Another one' }).click()
  await page.getByRole('button', { name: 'Apply', exact: true }).waitFor()
  assert.deepEqual([await borrower.inputValue(), await page.getByLabel('Amount').inputValue()], ['', ''])
  await borrower.fill('Nobody of this name')
  await page.getByText('Nobody is found by this').waitFor()
  await close()
}

/** A page of one's own holds no loan of others, whoever one is; a borrower's link leads the desk to the desk's page. */
export async function keepsOnesOwnPageToOneself(stage: Stage): Promise<void> {
  const loan = await lentTo(stage, 'Chandra Shekhar')
  const { page, close } = await atDesk(stage, admin)
  await page.goto('/my-loan')
  await page.getByRole('heading', { name: 'No loan yet' }).waitFor()
  await page.goto(`/my-loan/${loan}`)
  await page.waitForURL(`**/loans/${loan}`)
  await page.getByRole('heading', { name: 'Chandra Shekhar' }).waitFor()
  await close()
}

const noPage = (page: Page) => page.getByRole('heading', { name: 'No such page' }).waitFor()

/** Addresses that nobody means: words every object knows, a view with the states of another, a tab that is none. */
export async function survivesOddAddresses(stage: Stage): Promise<void> {
  const person = await makePerson(stage.desk, { name: 'Devdas Pai' })
  const loan = await activeLoan(stage.desk, { person, product: stage.product })
  const { page, close } = await atDesk(stage, admin)
  for (const path of [
    `/people/${person}/moves/constructor`,
    `/people/${person}/toString`,
    `/loans/${loan}/moves/valueOf`,
    '/breakers/bureau/orders/hasOwnProperty',
  ]) {
    await page.goto(path)
    await noPage(page)
  }
  await page.goto('/loans?view=ended&state=active')
  await page
    .getByRole('heading', { name: /^(No loan matches|Nothing here now)$/ })
    .or(page.getByText(/^(fore)?closed$/).first())
    .first()
    .waitFor()
  assert.equal(await page.getByText('Devdas Pai').count(), 0)
  await page.goto(`/loans/${loan}?tab=none`)
  await page.locator('a[aria-current="page"]', { hasText: 'Schedule' }).waitFor()
  await page.goto(`/people/${person}?tab=none`)
  await page.locator('a[aria-current="page"]', { hasText: 'Loans' }).nth(0).waitFor()
  await page.getByRole('link', { name: 'Personal loan' }).first().waitFor()
  await close()
}

/** A product's page leads to the calculator as the product would have it, and a version that changes nothing is not made. */
export async function calculatesAProduct(stage: Stage): Promise<void> {
  const { page, close } = await atDesk(stage, admin)
  await page.goto(`/products/${stage.product}/version`)
  const make = page.getByRole('button', { name: /^Make version/ })
  await page.getByText('Nothing is changed yet.').waitFor()
  assert.equal(await make.isDisabled(), true)
  await page.getByLabel('Instalment rounded to').selectOption({ label: 'Rupee up' })
  await page.getByText('Rupee up', { exact: true }).last().waitFor()
  assert.equal(await make.isDisabled(), false)
  await page.goto(`/products/${stage.product}`)
  await page.getByRole('button', { name: 'Calculate' }).click()
  await page.getByRole('heading', { name: 'Calculator' }).waitFor()
  const asked = new URL(page.url()).searchParams
  for (const name of ['principal', 'instalments', 'rate', 'method', 'dayCount', 'round', 'fee', 'tax']) assert.ok(asked.has(name), name)
  await close()
}

/** The bell leads to as many as it counts: whom an officer judges, and whose disbursal failed. */
export async function leadsToWhomTheBellCounts(stage: Stage): Promise<void> {
  const { desk, product } = stage
  const referred = await applyFor(desk, { person: await makePerson(desk, { name: 'Ela Bhatt', bureau: 'doubtful' }), product })
  await reaches(desk, referred, 'referred')
  const person = await makePerson(desk, { name: 'Faiz Ansari' })
  const failing = await applyFor(desk, { person, product })
  await reaches(desk, failing, 'offered')
  await post(desk, `/api/v1/people/${person}/deactivation`, { reason: 'Not to be paid out to' })
  await post(desk, `/api/v1/loans/${failing}/acceptance`, {})
  const { page, close } = await atDesk(stage, admin)
  await page.goto('/')
  await page.getByRole('link', { name: 'Open queue' }).click()
  await page.getByRole('heading', { name: 'Applications' }).waitFor()
  for (const name of ['Ela Bhatt', 'Faiz Ansari']) await page.getByRole('link', { name }).waitFor()
  await close()
}

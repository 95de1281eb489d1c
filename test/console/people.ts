import assert from 'node:assert/strict'
import type { BrowserContext, Page } from 'playwright-core'
import { post } from './browser.ts'

export interface Login {
  readonly name: string
  readonly login: string
  readonly password: string
}

const password = 'a-long-enough-password'
export const admin = { name: 'Asha Menon', login: 'asha', password }
export const officer = { name: 'Shreya Kulkarni', login: 'shreya', password }
export const cashier = { name: 'Ravi Deshpande', login: 'ravi', password }

/** The first administrator, by the one-time link, as a person would do it. */
export async function makeAdmin(page: Page, invitation: string): Promise<void> {
  await page.goto(invitation)
  await page.getByLabel('Name', { exact: true }).fill(admin.name)
  await page.getByLabel('Phone').fill('+919810000001')
  await page.getByLabel('Login').fill(admin.login)
  await page.getByLabel('Password', { exact: true }).fill(admin.password)
  await page.getByRole('button', { name: 'Make the first administrator' }).click()
  await page.waitForURL('/')
}

let phones = 9_810_000_100

/** A person, and with `login` and `roles` somebody who may sign in. Answers the id. */
export async function makePerson(context: BrowserContext, name: string, account?: { login: string; role: string }): Promise<string> {
  phones += 1
  const { id } = await post<{ id: string }>(context, '/api/v1/people', {
    name,
    phone: `+91${phones}`,
    pan: `ABCPM${String(phones).slice(-4)}K`,
  })
  assert.match(id, /^person_/)
  if (account) await post(context, `/api/v1/people/${id}/login`, { login: account.login, password, roles: [account.role] })
  return id
}

export async function makeStaff(context: BrowserContext): Promise<void> {
  await makePerson(context, officer.name, { login: officer.login, role: 'credit_officer' })
  await makePerson(context, cashier.name, { login: cashier.login, role: 'cashier' })
}

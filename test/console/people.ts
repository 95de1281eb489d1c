import type { BrowserContext, Page } from 'playwright-core'
import { post } from './browser.ts'

export interface Login {
  readonly name: string
  readonly login: string
  readonly password: string
}

export const password = 'a-long-enough-password'
export const admin = { name: 'Asha Menon', login: 'asha', password }
export const officer = { name: 'Shreya Kulkarni', login: 'shreya', password }
export const cashier = { name: 'Ravi Deshpande', login: 'ravi', password }

/** The first administrator, by the one-time link, as a person would do it. */
export async function makeAdmin(page: Page, invitation: string): Promise<void> {
  await page.goto(invitation)
  await page.getByLabel('Name', { exact: true }).fill(admin.name)
  await page.getByLabel('Phone').fill('+91 98100 00001')
  await page.getByLabel('Login').fill(admin.login)
  await page.getByLabel('Password', { exact: true }).fill(admin.password)
  await page.getByRole('button', { name: 'Make the first administrator' }).click()
  await page.waitForURL('/')
}

let phones = 9_810_000_100

/** What the sandbox's bureau will say, by the digits of a PAN. */
const bureau = { good: '0001', doubtful: '0002', bad: '0003' } as const

export interface NewPerson {
  readonly name: string
  readonly bureau?: keyof typeof bureau
  /** For somebody who may sign in. */
  readonly login?: string
  readonly role?: string
}

/** Makes a person known; answers the id. */
export async function makePerson(context: BrowserContext, { name, login, role = 'borrower', ...rest }: NewPerson): Promise<string> {
  phones += 1
  const initial = name.charAt(0).toUpperCase()
  const { id } = await post<{ id: string }>(context, '/api/v1/people', {
    name,
    phone: `+91${phones}`,
    pan: `ABCP${initial}${bureau[rest.bureau ?? 'good']}K`,
  })
  if (login !== undefined) await post(context, `/api/v1/people/${id}/login`, { login, password, roles: [role] })
  return id
}

export async function makeStaff(context: BrowserContext): Promise<void> {
  await makePerson(context, { ...officer, role: 'credit_officer' })
  await makePerson(context, { ...cashier, role: 'cashier' })
}

import type { BrowserContext } from 'playwright-core'
import { ask } from './browser.ts'

/** A page of the console: its name in pictures, its address in this demo. */
export interface ConsolePage {
  readonly name: string
  readonly path: string
  /** What it is headed by, where its address does not tell it from the page before it. */
  readonly heading?: string
}

interface Listed {
  readonly items: readonly { readonly id: string; readonly state: string; readonly person: string; readonly dpd?: number }[]
}

async function first(context: BrowserContext, query: string): Promise<Listed['items'][number] | undefined> {
  return (await ask<Listed>(context, `/api/v1/loans?limit=1&${query}`)).items[0]
}

/** Pages that are about nothing in particular, so that they can be seen in an empty installation too. */
export const plainPages: readonly ConsolePage[] = [
  { name: 'today', path: '/' },
  { name: 'applications', path: '/applications' },
  { name: 'loans', path: '/loans' },
  { name: 'apply', path: '/apply?principal=24000000' },
  { name: 'calculator', path: '/calculator' },
  { name: 'products', path: '/products' },
  { name: 'product-new', path: '/products/new' },
  { name: 'people', path: '/people' },
  { name: 'person-new', path: '/people/new' },
  { name: 'ledger', path: '/ledger' },
  { name: 'trial-balance', path: '/trial-balance' },
  { name: 'proof', path: '/proof' },
  { name: 'events', path: '/events' },
  { name: 'dead-letters', path: '/dead-letters' },
  { name: 'jobs', path: '/jobs' },
  { name: 'breakers', path: '/breakers' },
  { name: 'breaker', path: '/breakers/bureau' },
  { name: 'breaker-order', path: '/breakers/bureau/orders/force_open' },
  { name: 'audit', path: '/audit' },
  { name: 'me', path: '/me' },
]

/** What a borrower comes to. */
export const ownPages: readonly ConsolePage[] = [
  { name: 'my-loan', path: '/my-loan' },
  { name: 'my-statement', path: '/my-loan?tab=money' },
  { name: 'my-instalments', path: '/my-loan?tab=schedule' },
]

/** Every page, each on a thing that shows most of it: a loan in arrears, a referred application, a person, an entry. */
export async function consolePages(context: BrowserContext): Promise<readonly ConsolePage[]> {
  const active = (await first(context, 'state=active&bucket=SMA-0&sort=appliedAt')) ?? (await first(context, 'state=active'))
  const referred = await first(context, 'state=referred')
  const product = (await ask<{ items: readonly { id: string }[] }>(context, '/api/v1/loan-products?limit=1')).items[0]
  const entries = await ask<{ items: readonly { id: string; legs: readonly { account: string }[] }[] }>(
    context,
    '/api/v1/ledger/transfers?limit=1',
  )
  const entry = entries.items[0]
  const account = entry?.legs[0]?.account
  const loan = `/loans/${active?.id}`
  return [
    ...plainPages,
    { name: 'loan', path: loan },
    { name: 'loan-money', path: `${loan}?tab=money` },
    { name: 'loan-ledger', path: `${loan}?tab=ledger` },
    { name: 'loan-audit', path: `${loan}?tab=audit` },
    { name: 'repay', path: `${loan}/repay` },
    { name: 'foreclose', path: `${loan}/foreclose` },
    ...(referred
      ? [
          { name: 'referred', path: `/loans/${referred.id}` },
          { name: 'approve', path: `/loans/${referred.id}/moves/approve` },
          { name: 'reject', path: `/loans/${referred.id}/moves/reject` },
        ]
      : []),
    ...(product
      ? [
          { name: 'product', path: `/products/${product.id}` },
          { name: 'product-version', path: `/products/${product.id}/version` },
        ]
      : []),
    ...(active
      ? [
          { name: 'person', path: `/people/${active.person}` },
          { name: 'deposit', path: `/people/${active.person}/deposit` },
          { name: 'deactivate', path: `/people/${active.person}/moves/deactivate` },
        ]
      : []),
    ...(account ? [{ name: 'account', path: `/ledger/${encodeURIComponent(account)}` }] : []),
    ...(entry ? [{ name: 'proof-entry', path: `/proof/${entry.id}` }] : []),
  ]
}

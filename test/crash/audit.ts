import assert from 'node:assert/strict'
import type { Client, Sent } from './client.ts'
import { type Book, borrowed, lent } from './load.ts'

const atOnce = 200
const triedUnderNewKeys = 25

const parsed = (text: string | undefined): Readonly<Record<string, unknown>> => JSON.parse(text ?? '{}') as Record<string, unknown>
const isRepayment = ({ route }: Sent): boolean => route.endsWith('/repayments')

/** Sends everything again with its key: what was acknowledged must be answered with the same bytes, the rest be done once now. */
export async function settle(client: Client, from: number): Promise<{ readonly acknowledged: number; readonly unknown: number }> {
  const ours = client.sent.slice(from)
  const acknowledged = ours.filter(({ answer }) => answer !== undefined).length
  for (let at = 0; at < ours.length; at += atOnce)
    await Promise.all(
      ours.slice(at, at + atOnce).map(async (sent) => {
        const { status, text } = await client.ask(`POST ${sent.route}`, sent.body, sent.key)
        assert.equal(status, 201, `${sent.key}: ${text}`)
        assert.equal(text, sent.answer ?? text, `${sent.key} was answered otherwise before`)
        sent.answer = text
      }),
    )
  return { acknowledged, unknown: ours.length - acknowledged }
}

/** Everything that was asked for is in the books once: transfers by receipt, repayments by payment, under whatever key. */
export async function everythingOnce(client: Client, book: Book): Promise<string> {
  const { difference } = await client.must('GET /reports/trial-balance')
  assert.equal(difference, 0, 'trial balance')
  const repayments = client.sent.filter(isRepayment)
  const receipts = client.sent.map((sent) => String(parsed(sent.answer)[isRepayment(sent) ? 'receipt' : 'id']))
  const booked = (await client.all('/ledger/transfers')).map(({ id }) => String(id))
  const known = new Set(booked)
  assert.equal(new Set(receipts).size, receipts.length, 'a receipt was given twice')
  assert.deepEqual(
    receipts.filter((receipt) => !known.has(receipt)),
    [],
    'acknowledged, and not booked',
  )
  assert.equal(booked.filter((id) => receipts.includes(id)).length, receipts.length, 'booked twice')
  for (const loan of book.loans) await agrees(client, loan, repayments)
  for (const sent of repayments.slice(-triedUnderNewKeys)) {
    const { status, text } = await client.ask(`POST ${sent.route}`, sent.body, `${sent.key}-again`)
    const { code, facts } = parsed(text) as { code?: string; facts?: { receipt?: string } }
    assert.deepEqual([status, code, facts?.receipt], [409, 'lending.payment_known', parsed(sent.answer)['receipt']])
  }
  return `${client.sent.length - repayments.length} transfers and ${repayments.length} repayments once each, ${booked.length} booked in all`
}

/** A loan's own figures beside the ledger's, and its statement beside what was asked for. */
async function agrees(client: Client, loan: string, repayments: readonly Sent[]): Promise<void> {
  const told = (await client.must(`GET /loans/${loan}`)) as { outstanding?: { principal: number } }
  const schedule = (await client.must(`GET /loans/${loan}/schedule`))['items'] as readonly Readonly<Record<string, unknown>>[]
  const { posted } = await client.must(`GET /ledger/accounts/${encodeURIComponent(`loan:${loan}:principal`)}`)
  const sum = (field: string): number => schedule.reduce((total, row) => total + Number(row[field]), 0)
  assert.equal(posted, told.outstanding?.principal, `${loan}: principal owed beside its account`)
  assert.equal(posted, sum('principal') - sum('paidPrincipal'), `${loan}: rows beside its account`)
  const lines = (await client.all(`/loans/${loan}/statement`)).filter(({ kind }) => kind === 'repayment')
  const asked = repayments.filter(({ route }) => route.includes(loan)).map(({ key }) => key)
  assert.deepEqual(lines.map(({ payment }) => String(payment)).toSorted(), asked.toSorted(), `${loan}: repayments in its statement`)
}

/** Each loan asked for came to one disbursal, by reactions and a job that ran once each. */
export async function reactionsOnce(client: Client, book: Book, keys: readonly string[]): Promise<string> {
  for (const key of keys) {
    const loan = await lent(client, key, borrowed(book, key))
    const types = (await client.all(`/events?key=${loan}`)).map(({ type }) => String(type)).toSorted()
    const once = ['accepted', 'applied', 'assessing', 'credit_checked', 'disbursed', 'offered'].map((what) => `lending.${what}.v1`)
    assert.deepEqual(
      types.filter((type) => once.includes(type)),
      once.filter((type) => types.includes(type)),
      `${loan}: ${types.join(', ')}`,
    )
    for (const what of ['applied', 'credit_checked', 'accepted', 'disbursed'])
      assert.ok(types.includes(`lending.${what}.v1`), `${loan}: never ${what}`)
    const lines = await client.all(`/loans/${loan}/statement`)
    assert.equal(lines.filter(({ kind }) => kind === 'disbursal').length, 1, `${loan}: disbursals`)
  }
  assert.deepEqual(await client.all('/dead-letters'), [])
  return `${keys.length} loans, each judged and disbursed once`
}

import assert from 'node:assert/strict'
import { createHash, createPublicKey } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { leafOf, openCheckpoint, verifyInclusion } from '#kernel/proof'
import { database } from '#test/database'
import { staged } from '#test/stage'
import { type Heard, type Who, wholeProgram } from '#test/whole-program'

const db = await database()
const whole = await wholeProgram(db)
const { of, transfer: byHand } = await staged(whole, db)
const { ask, players } = whole
const waitsMax = 100

/** The receipt, once it is sealed. */
async function receiptOf(who: Who, transfer: string): Promise<Heard> {
  for (let waited = 0; ; waited++) {
    const heard = await ask(who, `GET /api/v1/ledger/transfers/${transfer}/receipt`)
    if (heard.code !== 'seal.row_unsealed' || waited === waitsMax) return heard
    await sleep(50)
  }
}

interface Record {
  readonly id: string
  readonly person?: string
  readonly legs: readonly { readonly account: string; readonly amount: string }[]
}
const recordOf = ({ body }: Heard): Record => JSON.parse(String(body['body'])) as Record
const text = (heard: Heard, field: string): string => String(heard.body[field])

/** That the digest stands in the log, under a root that the key signed. */
function isInLog(heard: Heard): boolean {
  const leaf = leafOf('transfer', text(heard, 'id'), Buffer.from(text(heard, 'digest'), 'hex'))
  const checkpoint = openCheckpoint(text(heard, 'checkpoint'), createPublicKey(text(heard, 'publicKey')))
  const path = (heard.body['path'] as readonly string[]).map((hash) => Buffer.from(hash, 'hex'))
  const [index, size] = [Number(heard.body['seq']), Number(heard.body['size'])]
  return typeof checkpoint === 'object' && verifyInclusion({ index, size, leaf, path }, checkpoint.root)
}

test('a borrower reads the receipt of what touched their own account: their legs, and the proof', async () => {
  const { receipt, loan, wallet } = of.borrower
  const [told, audited] = [await receiptOf('borrower', receipt), await receiptOf('auditor', receipt)]
  assert.deepEqual([told.status, audited.status], [200, 200], told.text)
  const mine = recordOf(told).legs.map(({ account }) => account)
  assert.ok(mine.length > 0 && mine.every((account) => account === wallet || account.startsWith(`loan:${loan}:`)), mine.join())
  assert.ok(recordOf(audited).legs.some(({ account }) => account === 'cash'))
  assert.doesNotMatch(told.text, new RegExp(`"cash|income:|${players.cashier.id}`))
  assert.equal(told.body['salt'], null)
  assert.equal(told.body['digest'], audited.body['digest'])
  assert.ok(isInLog(told) && isInLog(audited))
  const salt = Buffer.from(text(audited, 'salt'), 'hex')
  assert.equal(createHash('sha256').update(salt).update(text(audited, 'body')).digest('hex'), text(told, 'digest'))
})

test("another's receipt looks like one that isn't there; the company's own too", async () => {
  const alike = new Set<string>()
  for (const id of [of.dev.receipt, byHand, `transfer_${'0'.repeat(26)}`]) {
    const heard = await receiptOf('borrower', id)
    assert.deepEqual([heard.status, heard.code], [404, 'seal.row_unknown'])
    alike.add([id, text(heard, 'requestId')].reduce((told, part) => told.replaceAll(part, '…'), heard.text))
  }
  assert.equal(alike.size, 1)
})

test("what touches two people's wallets has a receipt for each, and neither sees the other's", async () => {
  const { body } = await ask('admin', 'POST /api/v1/ledger/transfers', {
    key: 'between-wallets',
    body: {
      key: 'between-wallets',
      legs: [
        { account: of.borrower.wallet, amount: 5, unit: 'INR' },
        { account: of.dev.wallet, amount: -5, unit: 'INR' },
      ],
    },
  })
  for (const who of ['borrower', 'dev'] as const) {
    const heard = await receiptOf(who, String(body['id']))
    assert.equal(heard.status, 200, heard.text)
    assert.deepEqual(
      recordOf(heard).legs.map(({ account }) => account),
      [of[who].wallet],
    )
  }
})

test('a borrower reads their own accounts, now or as of an instant', async () => {
  const { wallet, loan } = of.borrower
  for (const id of [wallet, `loan:${loan}:principal`]) {
    const now = await ask('borrower', `GET /api/v1/ledger/accounts/${id}`)
    assert.deepEqual([now.status, now.body['owner']], [200, players.borrower.id])
    assert.equal((await ask('borrower', `GET /api/v1/ledger/accounts/${id}?on=2020-01-01`)).body['posted'], 0)
  }
  for (const id of [of.dev.wallet, 'cash', 'none'])
    assert.equal((await ask('borrower', `GET /api/v1/ledger/accounts/${id}`)).code, 'ledger.account_unknown')
})

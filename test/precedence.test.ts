import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from '#kernel/db'
import { database } from '#test/database'
import { footprint, staged } from '#test/stage'
import { type Heard, secondProgram, type Who, wholeProgram } from '#test/whole-program'

const db = await database()
const whole = await wholeProgram(db)
const stage = await staged(whole, db)
const { ask, players } = whole

type Body = Readonly<Record<string, unknown>>
interface Request {
  readonly who: Who | null
  readonly target: string
  readonly body: Body
  readonly raw?: string
  readonly key?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
}

/** Something wrong with a call, on its tier: of two, the one of the lower tier is told. */
interface Wrong {
  readonly tier: 401 | 403 | 413 | 'key' | 404 | 409 | 422
  readonly told: readonly [status: number, code: string]
  readonly make: (request: Request) => Request
}
const tiers: readonly Wrong['tier'][] = [401, 403, 413, 'key', 404, 409, 422]

/** What can be wrong with any call that moves value. */
const general: readonly Wrong[] = [
  { tier: 401, told: [401, 'http.not_authenticated'], make: (r) => ({ ...r, who: null }) },
  { tier: 401, told: [401, 'identity.token_invalid'], make: (r) => ({ ...r, headers: { ...r.headers, authorization: 'Bearer a.b.c' } }) },
  { tier: 403, told: [403, 'operations.forbidden'], make: (r) => ({ ...r, who: 'auditor' }) },
  { tier: 413, told: [413, 'http.body_too_large'], make: (r) => ({ ...r, raw: `{"${'x'.repeat(1_048_600)}` }) },
  { tier: 413, told: [415, 'http.type_unsupported'], make: (r) => ({ ...r, headers: { ...r.headers, 'content-type': 'text/plain' } }) },
  { tier: 413, told: [400, 'http.body_malformed'], make: (r) => ({ ...r, raw: '{"key":' }) },
  { tier: 413, told: [400, 'operations.input_invalid'], make: (r) => ({ ...r, body: { ...r.body, colour: 'red' } }) },
]
const keyWrong: readonly Wrong[] = [
  { tier: 'key', told: [400, 'operations.key_missing'], make: (r) => ({ ...r, key: undefined }) },
  { tier: 'key', told: [400, 'operations.key_malformed'], make: (r) => ({ ...r, key: 'a\tb' }) },
  { tier: 'key', told: [422, 'operations.key_reused'], make: (r) => ({ ...r, key: 'used' }) },
]

interface Case {
  readonly request: Request
  readonly wrongs: readonly Wrong[]
  /** What is another in the body that the key was used with before; that call must be refused under the locks. */
  readonly seed?: Body
}

const field = (tier: Wrong['tier'], code: string, change: Body): Wrong => ({
  tier,
  told: [Number(tier), code],
  make: (r) => ({ ...r, body: { ...r.body, ...change } }),
})
const elsewhere = (code: string, target: string): Wrong => ({ tier: 404, told: [404, code], make: (r) => ({ ...r, target }) })
const at = (account: string, amount: number) => ({ account, amount, unit: 'INR' })

const nobody = `person_${'0'.repeat(26)}`
const known = (
  await ask('admin', 'POST /api/v1/ledger/holds', {
    body: { account: stage.account, to: stage.other, amount: 10, expiresAt: '2099-01-01T00:00:00Z' },
    key: 'hold',
  })
).body['id']
await ask('admin', `POST /api/v1/ledger/holds/${String(known)}/release`, { body: {}, key: 'released' })
const fresh = (await ask('admin', 'POST /api/v1/people', { body: { name: 'No login', phone: '+919999900001' } })).body['id']
const { loan } = stage.of.borrower

const cases: Readonly<Record<string, Case>> = {
  'ledger.transfer': {
    seed: { legs: [at('seed', 5), at('stage:b', -5)] },
    request: { who: 'admin', target: 'POST /api/v1/ledger/transfers', body: { key: 'new', legs: [at('stage:a', 5), at('stage:b', -5)] } },
    wrongs: [
      ...keyWrong,
      field(409, 'ledger.transfer_known', { key: 'stage' }),
      field(404, 'ledger.account_unknown', { legs: [at('no', 5), at('stage:b', -5)] }),
      field(422, 'ledger.unbalanced', { legs: [at('stage:a', 5), at('stage:b', -6)] }),
    ],
  },
  'ledger.capture': {
    seed: { amount: 999_999 },
    request: { who: 'admin', target: `POST /api/v1/ledger/holds/${stage.hold}/capture`, body: { amount: 1 } },
    wrongs: [
      ...keyWrong,
      elsewhere('ledger.hold_unknown', 'POST /api/v1/ledger/holds/hold_none/capture'),
      { tier: 409, told: [409, 'ledger.hold_not_open'], make: (r) => ({ ...r, target: r.target.replace(stage.hold, String(known)) }) },
      field(422, 'ledger.hold_exceeded', { amount: 100_000 }),
    ],
  },
  'identity.give_login': {
    request: {
      who: 'admin',
      target: `POST /api/v1/people/${String(fresh)}/login`,
      body: { login: 'fresh', password: 'Sun over the Deccan', roles: ['cashier'] },
    },
    wrongs: [
      elsewhere('identity.person_unknown', `POST /api/v1/people/${nobody}/login`),
      {
        tier: 409,
        told: [409, 'identity.login_given'],
        make: (r) => ({ ...r, target: r.target.replace(String(fresh), players.cashier.id) }),
      },
      field(422, 'identity.password_weak', { password: 'password123' }),
    ],
  },
  'lending.repay': {
    seed: { currency: 'EUR' },
    request: {
      who: 'cashier',
      target: `POST /api/v1/loans/${loan}/repayments`,
      body: { payment: 'new', amount: 1_000, currency: 'INR', from: 'cash' },
    },
    wrongs: [
      ...keyWrong,
      elsewhere('lending.loan_unknown', `POST /api/v1/loans/loan_${'0'.repeat(26)}/repayments`),
      field(409, 'lending.payment_known', { payment: 'stage-dev' }),
      field(422, 'lending.currency_mismatch', { currency: 'USD' }),
    ],
  },
  'lending.foreclose': {
    seed: { total: 2 },
    request: {
      who: 'cashier',
      target: `POST /api/v1/loans/${loan}/foreclosure`,
      body: { quoteId: 'quote_none', on: '2026-01-15', total: 1, from: 'cash' },
    },
    wrongs: [
      ...keyWrong,
      elsewhere('lending.loan_unknown', `POST /api/v1/loans/loan_${'0'.repeat(26)}/foreclosure`),
      { tier: 409, told: [409, 'lending.quote_stale'], make: (r) => r },
    ],
  },
  'identity.change_password of another': {
    request: {
      who: 'cashier',
      target: `PUT /api/v1/people/${players.dev.id}/password`,
      body: { currentPassword: 'not it at all', newPassword: 'password123' },
    },
    wrongs: [{ tier: 404, told: [404, 'identity.person_unknown'], make: (r) => r }],
  },
}

/** What every role may ask for: no role is wrong there. */
const everybodys: readonly string[] = ['identity.change_password of another']

let calls = 0
const send = (request: Request): Promise<Heard> => {
  const { who, target, body, raw, headers = {} } = request
  const key = 'key' in request ? request.key : `try-${++calls}`
  return ask(who, target, { body: raw ?? body, ...(key === undefined ? {} : { key }), headers })
}

for (const [name, { request, wrongs, seed }] of Object.entries(cases))
  test(`${name}: of two things wrong the earlier is told, and nothing changes`, async (t) => {
    const all = [...general.filter(({ told }) => told[0] !== 403 || !everybodys.includes(name)), ...wrongs]
    // What is refused under the locks is kept under its key as what is done is.
    if (seed) assert.ok((await send({ ...request, body: { ...request.body, ...seed }, key: 'used' })).status >= 404)
    const before = await footprint(db)
    const audited: unknown[] = []
    let pairs = 0
    for (const first of all)
      for (const second of all) {
        if (first !== second && tiers.indexOf(first.tier) >= tiers.indexOf(second.tier)) continue
        const heard = await send(first.make(second.make(request)))
        assert.deepEqual([heard.status, heard.code], first.told, `${first.told.join(' ')} before ${second.told.join(' ')}: ${heard.text}`)
        assert.match(String(heard.headers['content-type']), /^application\/problem\+json/)
        if (first.tier !== 401) audited.push(heard.body['requestId'])
        pairs += 1
      }
    assert.equal(await footprint(db), before)
    await sleep(150)
    const [found] = await db.pool.query<{ n: number }>(
      sql`select count(*)::int as n from audit.record where outcome = 'refused' and body::jsonb ->> 'requestId' = any(${audited as string[]}::text[])`,
    )
    assert.equal(found?.n, audited.length)
    t.diagnostic(`${pairs} pairs`)
  })

test('too often comes after no session, before the role', async () => {
  const slow = await secondProgram(whole, db, { HOLDFAST_RATE_SIGNED_IN: '1', HOLDFAST_RATE_ANONYMOUS: '1' })
  const post = (who: Who | null, headers: Record<string, string> = {}) =>
    slow.ask(who, 'POST /api/v1/ledger/transfers', { body: '{', headers })
  for (let call = 0; call < 2; call++) assert.equal((await post('auditor')).code, 'operations.forbidden')
  const limited = await post('auditor')
  assert.deepEqual(
    [limited.status, limited.code, limited.body['facts'], limited.headers['retry-after']],
    [429, 'http.rate_limited', { retryAfterS: 1 }, '1'],
  )
  for (let call = 0; call < 5; call++) {
    assert.equal((await post(null)).code, 'http.not_authenticated')
    assert.equal((await post(null, { authorization: 'Bearer a.b.c' })).code, 'identity.token_invalid')
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cursorOf } from '#kernel/http'
import { database } from '#test/database'
import { isProblem } from '#test/problem'
import { footprint, staged } from '#test/stage'
import { type Asked, type Who, wholeProgram } from '#test/whole-program'

const db = await database()
const whole = await wholeProgram(db)
const stage = await staged(whole, db)
const { ask, players } = whole

type Row = readonly [what: string, target: string, asked: Asked, told: string, who?: Who | null]
/** `400 /amount not_number`: the status, and either the code of the fault or a field with what is wrong with it. */
const leg = (amount: unknown, account = 'stage:a', unit = 'INR') => ({ account, amount, unit })
const legs = (amount: unknown) => ({ key: 'bad', legs: [leg(amount), leg(-5, 'stage:b')] })
const transfers = 'POST /api/v1/ledger/transfers'
const holds = 'POST /api/v1/ledger/holds'
const held = { account: 'stage:a', to: 'stage:b', amount: 5, expiresAt: '2099-01-01T00:00:00Z' }
const person = { name: 'Somebody', phone: '+919845009999' }
const people = 'POST /api/v1/people'

await ask('admin', transfers, { body: { ...legs(5), key: 'used' }, key: 'stage-used' })

const amounts: readonly Row[] = [
  ['nothing', transfers, { body: legs(0) }, '400 /legs/0/amount invalid'],
  ['a fraction', transfers, { body: legs(0.5) }, '400 /legs/0/amount not_int'],
  ['sixteen digits', transfers, { body: legs(1e15) }, '400 /legs/0/amount too_big'],
  ['sixteen digits, negative', transfers, { body: legs(-1e15) }, '400 /legs/0/amount too_small'],
  [
    'past what a number holds',
    transfers,
    { body: `{"key":"bad","legs":[{"account":"stage:a","amount":9007199254740993,"unit":"INR"},{}]}` },
    '400 /legs/0/amount too_big',
  ],
  ['a string', transfers, { body: legs('5') }, '400 /legs/0/amount not_number'],
  ['true for 1', transfers, { body: legs(true) }, '400 /legs/0/amount not_number'],
  ['null', transfers, { body: legs(null) }, '400 /legs/0/amount not_number'],
  ['a list', transfers, { body: legs([5]) }, '400 /legs/0/amount not_number'],
  [
    'another unit',
    transfers,
    { body: { key: 'bad', legs: [leg(5, 'stage:a', 'USD'), leg(-5, 'stage:b', 'USD')] } },
    '422 ledger.unit_mismatch',
  ],
  ['one leg', transfers, { body: { key: 'bad', legs: [leg(5)] } }, '400 /legs too_small'],
  ['a hundred and one legs', transfers, { body: { key: 'bad', legs: Array.from({ length: 101 }, () => leg(1)) } }, '400 /legs too_big'],
  ['legs that are no list', transfers, { body: { key: 'bad', legs: { 0: leg(5) } } }, '400 /legs not_array'],
  ['a hold of nothing', holds, { body: { ...held, amount: 0 } }, '400 /amount too_small'],
  ['a hold of less', holds, { body: { ...held, amount: -5 } }, '400 /amount too_small'],
  ['a hold of a string', holds, { body: { ...held, amount: '5' } }, '400 /amount not_number'],
  ['a hold of too much', holds, { body: { ...held, amount: 1e15 } }, '400 /amount too_big'],
  ['a capture of nothing', `POST /api/v1/ledger/holds/${stage.hold}/capture`, { body: { amount: 0 } }, '400 /amount too_small'],
  ['a capture of more', `POST /api/v1/ledger/holds/${stage.hold}/capture`, { body: { amount: 101 } }, '422 ledger.hold_exceeded'],
]

const dates: readonly Row[] = [
  ['a hold until no day', holds, { body: { ...held, expiresAt: '2099-02-30T00:00:00Z' } }, '400 /expiresAt invalid'],
  ['a hold until some word', holds, { body: { ...held, expiresAt: 'tomorrow' } }, '400 /expiresAt invalid'],
  ['a hold until a number', holds, { body: { ...held, expiresAt: 4_070_908_800 } }, '400 /expiresAt not_string'],
  ['a hold until it has passed', holds, { body: { ...held, expiresAt: '2026-01-01T00:00:00Z' } }, '422 ledger.expiry_past'],
  ['a balance of no day', 'GET /api/v1/reports/trial-balance?on=2026-02-30', {}, '400 /on invalid'],
  ['an account on no day', 'GET /api/v1/ledger/accounts/stage:a?on=2026-13-01', {}, '400 /on invalid'],
  ['an account known at no time', 'GET /api/v1/ledger/accounts/stage:a?knownAt=2026-02-30T00:00:00Z', {}, '400 /knownAt invalid_format'],
  ['a clock moved to no time', 'POST /api/v1/sandbox/clock', { body: { to: '2026-13-01T00:00:00Z' } }, '400 /to invalid'],
  ['a clock moved back', 'POST /api/v1/sandbox/clock', { body: { to: '2020-01-01T00:00:00Z' } }, '422 jobs.clock_backward'],
  ['a clock moved a century', 'POST /api/v1/sandbox/clock', { body: { to: '2126-01-01T00:00:00Z' } }, '422 jobs.clock_too_far'],
]

const texts: readonly Row[] = [
  ['a null byte in a name', people, { body: { ...person, name: 'a\0b' } }, '400 /name null_character'],
  ['a null byte as a name', people, { body: { ...person, name: '\0' } }, '400 /name null_character'],
  ['a null byte in a field’s name', people, { body: { ...person, 'a\0b': 1 } }, '400  null_character'],
  ['a null byte in an address', 'GET /api/v1/ledger/accounts/a%00b', {}, '400 /account null_character'],
  ['a null byte in a query', 'GET /api/v1/people?q=a%00b', {}, '400 /q null_character'],
  ['half a surrogate pair', people, { body: `{"name":"a\\ud800","phone":"+919845009999"}` }, '400 /name not_unicode'],
  ['a line in a name', people, { body: { ...person, name: 'a\nb' } }, '400 /name invalid_format'],
  ['markup in a name', people, { body: { ...person, name: '<b>' } }, '400 /name invalid_format'],
  ['a blank name', people, { body: { ...person, name: ' ' } }, '400 /name too_small'],
  ['a name of 121 letters', people, { body: { ...person, name: 'x'.repeat(121) } }, '400 /name too_big'],
  ['a phone of no country', people, { body: { ...person, phone: '1845009999' } }, '400 /phone invalid_format'],
  ['a PAN with a letter too few', people, { body: { ...person, pan: 'ABCD1234F' } }, '400 /pan invalid_format'],
  ['an email without a place', people, { body: { ...person, email: 'somebody@' } }, '400 /email invalid_format'],
  ['a number for a name', people, { body: { ...person, name: 7 } }, '400 /name not_string'],
  ['a field that nobody knows', people, { body: { ...person, admin: true } }, '400 /admin unknown_field'],
  ['a prototype', people, { body: `{"name":"A","phone":"+919845009999","__proto__":{"admin":true}}` }, '400 /__proto__ unknown_field'],
  ['nothing at all', people, { body: {} }, '400 /name required'],
  ['no body', people, { headers: { 'content-type': 'application/json' } }, '400 /name required'],
  ['a list for a body', people, { body: [person] }, '400  not_an_object'],
  ['a string for a body', people, { body: '"text"' }, '400  not_an_object'],
  ['null for a body', people, { body: 'null' }, '400  not_an_object'],
  ['a role nobody has', `PUT /api/v1/people/${players.dev.id}/roles`, { body: { roles: ['king'] } }, '400 /roles/0 invalid_value'],
  [
    'a person in address and body',
    `PUT /api/v1/people/${players.dev.id}/roles`,
    { body: { person: players.dev.id, roles: [] } },
    '400 /person given_twice',
  ],
  ['an id of another kind', `GET /api/v1/people/${stage.product}`, {}, '404 identity.person_unknown'],
  ['an id of no kind', 'GET /api/v1/loans/mine/schedule', {}, '404 lending.loan_unknown'],
  ['an id of no kind, and a field', 'POST /api/v1/loans/mine/rejection', { body: {} }, '400 /reason required'],
  [
    'an id of no kind, without a key',
    'POST /api/v1/loans/mine/disbursal',
    { headers: { 'idempotency-key': '' } },
    '400 operations.key_malformed',
  ],
]

const lists: readonly Row[] = [
  'people',
  'events',
  'dead-letters',
  'audit',
  'jobs/runs',
  'ledger/accounts',
  'ledger/transfers',
  'ledger/holds',
  'seal/checkpoints',
  'loans',
  'loan-products',
].flatMap((name): Row[] => [
  [
    `${name}: a cursor that was tampered with`,
    `GET /api/v1/${name}?after=${Buffer.from('["x"').toString('base64url')}`,
    {},
    '400 http.cursor_invalid',
  ],
  [`${name}: a cursor of no list`, `GET /api/v1/${name}?after=${cursorOf(['a', 'b', 'c', 'd'])}`, {}, '400 http.cursor_invalid'],
  [`${name}: a cursor with a null byte`, `GET /api/v1/${name}?after=${cursorOf(['a\0'])}`, {}, '400 http.cursor_invalid'],
  [`${name}: no cursor at all`, `GET /api/v1/${name}?after=%F0%9F%98%80`, {}, '400 http.cursor_invalid'],
  [`${name}: a page of nothing`, `GET /api/v1/${name}?limit=0`, {}, '400 /limit too_small'],
  [`${name}: a page of too much`, `GET /api/v1/${name}?limit=201`, {}, '400 /limit too_big'],
  [`${name}: a page of a word`, `GET /api/v1/${name}?limit=ten`, {}, '400 /limit not_number'],
  [`${name}: a page in another notation`, `GET /api/v1/${name}?limit=0x10`, {}, '400 /limit not_number'],
  [`${name}: a page with a space`, `GET /api/v1/${name}?limit=%205`, {}, '400 /limit not_number'],
  [`${name}: two pages`, `GET /api/v1/${name}?limit=1&limit=2`, {}, '400 /limit not_number'],
  [`${name}: a filter that nobody knows`, `GET /api/v1/${name}?colour=red`, {}, '400 /colour unknown_field'],
])

const envelopes: readonly Row[] = [
  ['five megabytes', transfers, { body: `{"key":"${'x'.repeat(5 * 1024 * 1024)}"}` }, '413 http.body_too_large'],
  ['a megabyte and a byte', transfers, { body: `{"key":"${'x'.repeat(1024 * 1024 - 9)}"}` }, '413 http.body_too_large'],
  ['nested half a million times', transfers, { body: '['.repeat(500_000) + ']'.repeat(500_000) }, '400 http.body_malformed'],
  [
    'nested forty times',
    transfers,
    { body: { key: JSON.parse('{"a":'.repeat(40) + '1' + '}'.repeat(40)) as unknown } },
    '400 http.body_malformed',
  ],
  ['a name twice', transfers, { body: '{"key":"a","key":"b"}' }, '400 http.body_malformed'],
  ['a fraction that reads as one', transfers, { body: '{"key":"a","legs":[{"amount":1.00000000000000001}]}' }, '400 http.body_malformed'],
  ['half of JSON', transfers, { body: '{"key":' }, '400 http.body_malformed'],
  ['text', transfers, { body: 'x', headers: { 'content-type': 'text/plain' } }, '415 http.type_unsupported'],
  ['a form', transfers, { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, '415 http.type_unsupported'],
  ['XML', transfers, { body: '<a/>', headers: { 'content-type': 'application/xml' } }, '415 http.type_unsupported'],
  ['no method of this address', 'PATCH /api/v1/people', { body: {} }, '405 http.method_unknown'],
  ['another method of this address', `DELETE /api/v1/people/${players.dev.id}`, {}, '405 http.method_unknown'],
  ['an address nobody knows', 'GET /api/v1/nothing', {}, '404 http.route_unknown'],
  ['an address that is not well-formed', 'GET /api/v1/people/%zz', {}, '400 http.address_malformed'],
  ['an address that leads out of its folder', 'GET /a%5c..%5csecret.txt', {}, '404 http.route_unknown'],
  ['a part of an address without end', `GET /api/v1/people/${'x'.repeat(300)}`, {}, '404 http.route_unknown'],
  ['a key of 201 characters', transfers, { body: legs(5), key: 'k'.repeat(201) }, '400 operations.key_malformed'],
  ['an empty key', transfers, { body: legs(5), key: '' }, '400 operations.key_malformed'],
  ['a key used with another body', transfers, { body: legs(5), key: 'stage-used' }, '422 operations.key_reused'],
  ['a row that was never sealed', 'GET /api/v1/seal/proofs?stream=transfer&id=none', {}, '404 seal.row_unknown'],
  ['a stream that is none', `GET /api/v1/seal/proofs?stream=pg_class&id=${stage.transfer}`, {}, '404 seal.row_unknown'],
  ['a log of no size', 'GET /api/v1/seal/consistency?first=0&second=1', {}, '400 /first too_small'],
  ['a log larger than there is', 'GET /api/v1/seal/consistency?first=1&second=900000000', {}, '404 seal.size_unknown'],
]

for (const [name, rows] of Object.entries({ amounts, dates, texts, lists, envelopes }))
  test(`${name}: ${rows.length} calls that cannot be right are refused by name, and nothing changes`, async () => {
    const before = await footprint(db)
    let calls = 0
    for (const [what, target, asked, told, who = 'admin'] of rows) {
      const heard = await ask(who, target, { key: `${name}-${++calls}`, ...asked })
      const errors = (heard.body['errors'] ?? []) as readonly { readonly pointer: string; readonly code: string }[]
      const said = [`${heard.status} ${heard.code}`, ...errors.map(({ pointer, code }) => `${heard.status} ${pointer} ${code}`)]
      assert.ok(said.includes(told), `${what}: wanted ${told}, got ${said.join(', ')}`)
      isProblem(heard)
    }
    assert.equal(await footprint(db), before)
  })

test('all fields that are wrong are told at once, each once, also beside a text that cannot be kept', async () => {
  const { body } = await ask('admin', people, { body: { name: '', phone: '\0', pan: 'x\0', email: 7, more: '\0' } })
  const errors = (body['errors'] ?? []) as readonly { readonly pointer: string; readonly code: string }[]
  assert.deepEqual(errors.map(({ pointer, code }) => `${pointer} ${code}`).sort(), [
    '/email not_string',
    '/more null_character',
    '/name too_small',
    '/pan null_character',
    '/phone null_character',
  ])
  assert.deepEqual(body['facts'], { fields: 5 })
})

test("a list takes its own cursors alone: not another list's, and not its own asked for otherwise", async () => {
  const { loan } = stage.of.borrower
  const lists = ['people', 'events', 'audit', 'ledger/accounts', 'ledger/transfers', 'loans', `loans/${loan}/statement`]
  const nextOf = async (target: string): Promise<string | undefined> => {
    const { body } = await ask('admin', `GET /api/v1/${target}`)
    return typeof body['next'] === 'string' ? body['next'] : undefined
  }
  let tried = 0
  for (const from of lists) {
    const cursor = await nextOf(`${from}?limit=1`)
    if (cursor === undefined) continue
    for (const to of lists) {
      const heard = await ask('admin', `GET /api/v1/${to}?limit=2&after=${cursor}`)
      assert.deepEqual([heard.status, heard.code], to === from ? [200, undefined] : [400, 'http.cursor_invalid'], `${from} ${to}`)
      tried += 1
    }
    if (['people', 'loans', 'ledger/accounts'].includes(from))
      assert.equal((await ask('admin', `GET /api/v1/${from}?q=a&after=${cursor}`)).code, 'http.cursor_invalid', from)
  }
  assert.ok(tried >= 5 * lists.length, `${tried} tries`)
})

test('the largest amount there is, fifteen digits, is taken', async () => {
  const most = 999_999_999_999_999
  const body = { key: 'most', legs: [leg(most), leg(-most, 'stage:b')] }
  assert.equal((await ask('admin', transfers, { body, key: 'most' })).status, 201)
  assert.equal(
    (await ask('admin', transfers, { body: { key: 'back', legs: [leg(-most), leg(most, 'stage:b')] }, key: 'back' })).status,
    201,
  )
})

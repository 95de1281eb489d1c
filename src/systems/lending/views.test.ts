import assert from 'node:assert/strict'
import { test } from 'node:test'
import { database } from '#test/database'
import { world } from '#test/world'
import { served } from '#test/world-http'

const w = await world(await database())
const { call } = await served(w)
const { body: product } = await w.product()
const meeras = await w.activeLoan('meera', product.id)
const devs = await w.application('dev', product.id, { principal: 5_000_000 })
await w.travelTo('2026-02-17')

const ids = async (who: 'ravi' | 'dev', query: string): Promise<readonly string[]> => {
  const { status, body } = await call(who, `GET /api/v1/loans${query}`)
  assert.equal(status, 200, JSON.stringify(body))
  return (body['items'] as unknown as readonly { id: string }[]).map(({ id }) => id)
}

const filters: readonly (readonly [query: string, found: readonly string[]])[] = [
  ['', [devs, meeras]],
  ['?sort=appliedAt', [meeras, devs]],
  ['?sort=-principal', [meeras, devs]],
  ['?sort=principal', [devs, meeras]],
  ['?sort=-dpd', [meeras, devs]],
  ['?sort=dpd', [devs, meeras]],
  ['?sort=due', [meeras, devs]],
  ['?sort=-due', [devs, meeras]],
  ['?state=active', [meeras]],
  ['?state=active,referred', [devs, meeras]],
  ['?state=closed', []],
  ['?bucket=SMA-0', [meeras]],
  ['?bucket=current,NPA', []],
  ['?dpd=3', [meeras]],
  ['?dpd=4', []],
  ['?q=meera', [meeras]],
  ['?q=NAIR', [devs]],
  [`?q=${meeras}`, [meeras]],
  ['?q=%20nair%20', [devs]],
  ['?q=%25', []],
  [`?person=${w.who.dev.id}`, [devs]],
  [`?product=${product.id}&state=referred`, [devs]],
]
for (const [query, found] of filters) test(`loans${query}`, async () => assert.deepEqual(await ids('ravi', query), found))

test('a list tells of each loan what the loan itself tells', async () => {
  for (const who of ['ravi', 'meera'] as const) {
    const items = (await call(who, 'GET /api/v1/loans')).body['items'] as unknown as readonly { id: string }[]
    assert.ok(items.length > 0)
    for (const item of items) assert.deepEqual(item, (await call(who, `GET /api/v1/loans/${item.id}`)).body)
  }
})

test('a borrower lists and reads their own alone', async () => {
  assert.deepEqual(await ids('dev', ''), [devs])
  assert.deepEqual(await ids('dev', `?person=${w.who.meera.id}`), [])
  for (const what of ['', '/schedule', '/statement', '/foreclosure-quote', '/repayment-quote?amount=1']) {
    const { status, code } = await call('dev', `GET /api/v1/loans/${meeras}${what}`)
    assert.deepEqual([status, code], [404, 'lending.loan_unknown'], what)
  }
})

test('what a repayment would do tells a borrower their own accounts alone, staff all of them', async () => {
  const asked = `GET /api/v1/loans/${meeras}/repayment-quote?amount=500000`
  const accounts = async (who: 'meera' | 'ravi'): Promise<string[]> =>
    ((await call(who, asked)).body['legs'] as unknown as { account: string }[]).map(({ account }) => account)
  assert.deepEqual(await accounts('ravi'), ['cash', 'income:late_charge', `loan:${meeras}:interest`, `loan:${meeras}:principal`])
  assert.deepEqual(await accounts('meera'), [`loan:${meeras}:interest`, `loan:${meeras}:principal`])
  const { legs: _all, ...whole } = (await call('ravi', asked)).body
  const { legs: _own, ...told } = (await call('meera', asked)).body
  assert.deepEqual(told, whole)
})

for (const sort of ['appliedAt', '-appliedAt', 'principal', '-principal', 'due', '-due', 'dpd', '-dpd'])
  test(`pages by ${sort} follow each other`, async () => {
    const all = await ids('ravi', `?sort=${sort}`)
    const { body } = await call('ravi', `GET /api/v1/loans?sort=${sort}&limit=1`)
    assert.deepEqual(
      [...(await ids('ravi', `?sort=${sort}&limit=1`)), ...(await ids('ravi', `?sort=${sort}&after=${String(body['next'])}`))],
      all,
    )
  })

const wrong = [
  '?limit=0',
  '?limit=201',
  '?limit=x',
  '?sort=person',
  '?bucket=worst',
  '?state=;',
  '?state=actve',
  '?state=active,',
  '?person=me',
  '?colour=red',
  '?dpd=0',
  '?q=%00',
  '?q=%20',
  `?q=${'x'.repeat(81)}`,
  `?state=${Array.from({ length: 20 }, () => 'active').join()}`,
]
for (const query of wrong)
  test(`loans${query.slice(0, 20)} is refused`, async () => {
    const { status, code } = await call('ravi', `GET /api/v1/loans${query}`)
    assert.deepEqual([status, code], [400, 'operations.input_invalid'])
  })
const cursor = (parts: unknown): string => Buffer.from(JSON.stringify(parts)).toString('base64url')
for (const after of [
  'x',
  cursor(['2026-01-01']),
  cursor({ at: 1 }),
  cursor(['a\0', 'b']),
  cursor(['never', 'loan_1']),
  cursor(['2026-02-30T00:00:00Z', 'loan_1']),
])
  test(`a cursor tampered with is refused: ${after}`, async () => {
    const { status, code } = await call('ravi', `GET /api/v1/loans?after=${after}`)
    assert.deepEqual([status, code], [400, 'http.cursor_invalid'])
  })

test('a loan that is late', async () => {
  const { body } = await call('ravi', `GET /api/v1/loans/${meeras}`)
  const { state, dpd, bucket, toPay, overdue, outstanding, nextDue, endedOn, moves } = body as Record<string, unknown>
  // 9,026.00 was due on the 15th; two days at 0.05 % of it are 9.03.
  assert.deepEqual(
    { state, dpd, bucket, toPay, overdue, outstanding, nextDue, endedOn, moves },
    {
      state: 'active',
      dpd: 3,
      bucket: 'SMA-0',
      toPay: 903_503,
      overdue: { amount: 902_600, since: '2026-02-15', lateCharge: 903 },
      outstanding: { principal: 10_000_000, interest: 125_000, lateCharge: 903, total: 10_125_903 },
      nextDue: { number: 1, dueOn: '2026-02-15', amount: 902_600 },
      endedOn: null,
      moves: ['repay', 'foreclose'],
    },
  )
})

test('a schedule: kept after the disbursal, as it would be today before it', async () => {
  const kept = await call('ravi', `GET /api/v1/loans/${meeras}/schedule`)
  const [first, second] = kept.body['items'] as unknown as readonly Record<string, unknown>[]
  assert.deepEqual([first?.['dueOn'], first?.['state'], first?.['daysLate'], first?.['lateCharge']], ['2026-02-15', 'late', 2, 903])
  assert.deepEqual([second?.['dueOn'], second?.['state']], ['2026-03-15', 'to come'])
  const planned = await call('dev', `GET /api/v1/loans/${devs}/schedule`)
  const rows = planned.body['items'] as unknown as readonly Record<string, unknown>[]
  assert.deepEqual([rows.length, rows[0]?.['dueOn']], [12, '2026-03-17'])
})

test('the statement names the transfer of every line', async () => {
  const { body } = await call('ravi', `GET /api/v1/loans/${meeras}/statement`)
  const lines = body['items'] as unknown as readonly Record<string, unknown>[]
  assert.deepEqual(
    lines.map(({ kind, amount, balance, bookedOn }) => [kind, amount, balance, bookedOn]),
    [
      ['interest_due', 125_000, 10_000_000, '2026-02-15'],
      ['disbursal', 10_000_000, 10_000_000, '2026-01-15'],
    ],
  )
  for (const { transfer } of lines) assert.match(String(transfer), /^transfer_/)
})

test('the overview counts the book', async () => {
  const { status, body } = await call('anil', 'GET /api/v1/reports/overview')
  assert.equal(status, 200)
  const { businessDate, activeLoans, overdue, outstanding, waiting, byBucket } = body as Record<string, unknown>
  assert.deepEqual(
    { businessDate, activeLoans, overdue, outstanding },
    { businessDate: '2026-02-17', activeLoans: 1, overdue: { amount: 902_600, loans: 1 }, outstanding: { amount: 10_000_000, loans: 1 } },
  )
  assert.equal((waiting as { count: number }).count, 1)
  assert.deepEqual(
    (byBucket as { loans: number }[]).map(({ loans }) => loans),
    [0, 1, 0, 0, 0],
  )
  assert.equal((await call('dev', 'GET /api/v1/reports/overview')).status, 403)
})

test('loans alike in what they are sorted by: every one comes once, page after page', async () => {
  const twin = await w.application('dev', product.id, { principal: 5_000_000 })
  for (const sort of ['principal', '-principal', 'due', '-due']) {
    const walked: string[] = []
    for (let after = ''; ;) {
      const { body } = await call('ravi', `GET /api/v1/loans?sort=${sort}&limit=1${after}`)
      walked.push(...(body['items'] as unknown as { id: string }[]).map(({ id }) => id))
      if (body['next'] === null || walked.length > 3) break
      after = `&after=${String(body['next'])}`
    }
    assert.deepEqual(walked, await ids('ravi', `?sort=${sort}`), sort)
    assert.deepEqual(walked.toSorted(), [devs, meeras, twin].toSorted(), sort)
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { catalogued } from '#kernel/faults'
import { ownFaults } from '#kernel/http'
import { db, type Request, ruled, whole } from '#test/rule-calls'
import { footprint } from '#test/stage'
import type { Heard } from '#test/whole-program'

const judged = [404, 409, 422]
const statusOf = (code: string): number => catalogued(code).status

/** What each route may refuse of absence, state and rule, where it is more than one of them: read off the declarations. */
const declared = new Map(
  whole.running.routes.flatMap(({ target }): [string, readonly string[]][] => {
    const codes = [...new Set(ownFaults(target))].filter((code) => judged.includes(statusOf(code)))
    return new Set(codes.map(statusOf)).size > 1 ? [[target.name, codes.toSorted()]] : []
  }),
)

let calls = 0
const send = ({ who, target, body = {} }: Request): Promise<Heard> =>
  whole.ask(who, target, target.startsWith('GET') ? {} : { body, key: `rule-${++calls}` })

test('every refusal of absence, state and rule that is declared beside another is tried, or it is said why not', () => {
  const tried = Object.entries(ruled).map(([name, { wrong, unmet = {} }]) => [
    name,
    [...Object.keys(wrong), ...Object.keys(unmet)].toSorted(),
  ])
  assert.deepEqual(Object.fromEntries(tried), Object.fromEntries(declared))
  assert.ok(declared.size > 20)
})

for (const [name, { request, wrong }] of Object.entries(ruled))
  test(`${name}: what is absent is told before the state, the state before the rule`, async (t) => {
    const before = await footprint(db)
    let pairs = 0
    for (const [first, makeFirst] of Object.entries(wrong))
      for (const [second, makeSecond] of Object.entries(wrong)) {
        if (first !== second && statusOf(first) >= statusOf(second)) continue
        const heard = await send(makeFirst(first === second ? request : makeSecond(request)))
        assert.deepEqual([heard.status, heard.code], [statusOf(first), first], `${first} before ${second}: ${heard.text}`)
        pairs += 1
      }
    assert.equal(await footprint(db), before)
    t.diagnostic(`${pairs} calls`)
  })

test('a payment that is known is told with its receipt, whatever else is wrong', async () => {
  for (const name of ['lending.deposit', 'lending.withdraw', 'lending.repay']) {
    const { request, wrong } = ruled[name] ?? assert.fail(name)
    const again = wrong['lending.payment_known']?.(request) ?? assert.fail(name)
    const [plain, abroad] = [await send(again), await send({ ...again, body: { ...again.body, currency: 'USD' } })]
    assert.match(String((plain.body['facts'] as Record<string, unknown>)['receipt']), /^transfer_/)
    assert.deepEqual(abroad.body['facts'], plain.body['facts'])
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keys, sql } from '#kernel/db'
import { route, schemaOf } from '#kernel/http'
import { declarations } from '#main'
import { operation, own, ownerOf, view } from '#kernel/operations'
import { database } from '#test/database'
import { type Name, world } from '#test/world'
import { served } from '#test/world-http'
import { z } from 'zod'

const Input = z.strictObject({ loans: z.array(z.string()).max(5) })
type Input = z.infer<typeof Input>
const statement = sql`select id, person as owner from lending.loan where id = any(${keys('text')})`
const owner = ownerOf<Input>('lending.loan_unknown', statement, ({ loans }) => loans)
const answer = z.strictObject({ id: z.string() })
let prepared = 0
const declared = { summary: 'Of several loans', input: Input, answer, may: ['admin' as const, own('borrower', owner)] }
const body = (_: unknown, { loans }: Input) => ({ id: loans.join() })
// The three ways in which whose an object is is looked up: beside others in a group, before what is prepared, and by a view.
const grouped = operation('test.of_loans', declared, body)
const slowly = operation(
  'test.of_loans_slowly',
  {
    ...declared,
    prepare: async () => {
      prepared += 1
    },
  },
  body,
)
const looked = view('test.loans_seen', declared, body)

const w = await world(await database())
const more = [route('POST /api/v1/test/grouped', grouped), route('POST /api/v1/test/slowly', slowly)]
const { call } = await served(w, more)
const { body: product } = await w.product()
const [first, second, devs] = [
  await w.application('meera', product.id),
  await w.application('meera', product.id),
  await w.application('dev', product.id),
]
const absent = `loan_${'0'.repeat(26)}`

const refused = (id: string) => [404, 'lending.loan_unknown', { id }]
const table: readonly (readonly [who: Name, loans: readonly string[], came: readonly unknown[]])[] = [
  ['meera', [first], [200]],
  ['meera', [first, second], [200]],
  ['meera', [first, first], [200]],
  ['meera', [first, devs], refused(devs)],
  ['meera', [devs, first], refused(devs)],
  ['meera', [first, absent], refused(absent)],
  ['dev', [first, devs], refused(first)],
  // Nothing named is nothing of theirs.
  ['meera', [], refused('')],
  ['asha', [first, devs, absent], [200]],
]
for (const [who, loans, came] of table)
  test(`${who} asks about ${loans.map((loan) => ({ [first]: 'a', [second]: 'b', [devs]: 'one of Dev' })[loan] ?? 'none').join(', ') || 'nothing'}`, async () => {
    for (const way of ['grouped', 'slowly']) {
      const before = prepared
      const heard = await call(who, `POST /api/v1/test/${way}`, { body: { loans } })
      assert.deepEqual(heard.status === 200 ? [200] : [heard.status, heard.code, heard.body['facts']], came, way)
      if (heard.status !== 200) assert.equal(prepared, before, 'nothing is prepared for who may not')
    }
    const seen = w.look(w.who[who], looked, { loans }).then(
      () => [200],
      (fault: { code: string; facts: object; status: number }) => [fault.status, fault.code, fault.facts],
    )
    assert.deepEqual(await seen, came)
  })

test('two owners in one declaration are refused when it is declared', () => {
  const other = ownerOf<Input>('lending.loan_unknown', statement, ({ loans }) => loans)
  assert.throws(
    () => operation('test.two_owners', { ...declared, may: [own('borrower', owner), own('cashier', other)] }, body),
    /two owners/,
  )
})

/** Fields by which an input can name an object. */
const naming = /^(person|loan|repayment|product|account|transfer|hold|letter|breaker|session)$/

test('of what the house declares, whatever an input names beside what is looked up is everybody’s', () => {
  const rest = declarations().routes.flatMap(({ target }) => {
    const grant = target.spec.may.find((one) => typeof one !== 'string')
    if (grant === undefined || typeof grant === 'string') return []
    const names: unknown = new Proxy({}, { get: (_, name) => name })
    const covered = [grant.owner.named(names)].flat()
    const fields = Object.keys(schemaOf(target.spec.input, 'input')['properties'] ?? {})
    assert.ok(covered.length > 0 && covered.every((field) => fields.includes(field)), target.name)
    const others = fields.filter((field) => naming.test(field) && !covered.includes(field))
    return others.length === 0 ? [] : [[target.name, others]]
  })
  // A product is offered to everybody. Whoever adds a name here says why it need not be the caller's.
  assert.deepEqual(rest, [['lending.apply', ['product']]])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Connection, type Statement } from '#kernel/db'
import { database } from '#test/database'
import { compile, type Predicate } from './predicate.ts'
import { edgePredicates, edgeRows, oddPredicates, oddRows } from './edge-cases.sample.ts'
import { Chance, randomRow, sampleColumns, sampleFields, type SampleRow } from './random-case.sample.ts'
import { PredicateError } from './predicate-error.ts'
import { randomPredicate } from './random-predicate.sample.ts'

const rounds = Number(process.env['HOLDFAST_ROUNDS'] ?? 1)
const predicatesPerRound = 100
const rowsPerRound = 50

const db = await database()

function statement(text: string, values: readonly unknown[] = []): Statement {
  return { name: undefined, text, values: values as Statement['values'] }
}

async function fill(session: Connection, rows: readonly SampleRow[]): Promise<void> {
  await session.execute(statement('drop table if exists predicate_test.r'))
  await session.execute(statement(`create table predicate_test.r (${sampleColumns})`))
  const names = Object.keys(sampleFields)
  const places = names.map((_, index) => `$${index + 2}`)
  const text = `insert into predicate_test.r (id, ${names.join(', ')}) values ($1, ${places.join(', ')})`
  await Promise.all(rows.map((row, id) => session.execute(statement(text, [id, ...names.map((name) => wire(name, row[name]))]))))
}

function wire(name: string, value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (name === 'contacts' || name === 'address') return JSON.stringify(value)
  if (Array.isArray(value)) return value.map((each) => (each === null ? null : String(each)))
  return typeof value === 'bigint' ? String(value) : value
}

async function idsWhere(session: Connection, predicate: Predicate): Promise<Set<number>> {
  const { text, values } = predicate.sql('r')
  const found = await session.query<{ id: number }>(statement(`select id from predicate_test.r r where ${text}`, values))
  return new Set(found.map((each) => each.id))
}

test('the closure and PostgreSQL agree on random predicates and rows', async () => {
  const session = await Connection.open(db.owner)
  try {
    await session.execute(statement('create schema predicate_test'))
    await compareEdges(session)
    const truths = await compareAll(session)
    assert.ok(truths > rounds * 100, `only ${truths} pairs were true`)
  } finally {
    await session.close()
  }
})

async function compareEdges(session: Connection): Promise<void> {
  await fill(session, edgeRows)
  for (const text of edgePredicates) await compareOne(session, compile(text, sampleFields), edgeRows)
  await compareAliases(session)
  await fill(session, oddRows)
  for (const text of oddPredicates) await compareOne(session, compile(text, sampleFields), oddRows)
  await compareTooLarge(session)
}

// JSON in a column may hold a number that no double holds; JavaScript reads Infinity.
async function compareTooLarge(session: Connection): Promise<void> {
  const { test: ask, sql } = compile('address.geo.lat == null', sampleFields)
  assert.equal(ask({ address: { geo: { lat: JSON.parse('1e400') } } }), true)
  await session.execute(statement(`update predicate_test.r set address = '{"geo":{"lat":1e400}}'`))
  const { text, values } = sql('r')
  assert.equal((await session.query(statement(`select id from predicate_test.r r where ${text}`, values))).length, oddRows.length)
}

// The elements of lists have names of their own in SQL; no name of the table may be one of them.
async function compareAliases(session: Connection): Promise<void> {
  const predicate = compile('contacts.exists_one(c, c.rank == dpd || (dpd + 1 in scores))', sampleFields)
  const expected = edgeRows.flatMap((row, id) => (predicate.test(row) === true ? [id] : []))
  for (const alias of ['e1', 'e2', 'e2m', 'ev', 'E1', 'o', 'x1', 'xv', 'value']) {
    const { text, values } = predicate.sql(alias)
    const found = await session.query<{ id: number }>(
      statement(`select id from predicate_test.r "${alias}" where ${text} order by id`, values),
    )
    assert.deepEqual(
      found.map((each) => each.id),
      expected,
      alias,
    )
  }
}

async function compareOne(session: Connection, predicate: Predicate, rows: readonly SampleRow[]): Promise<number> {
  const { text } = predicate
  let truths = 0
  const ids = await idsWhere(session, predicate).catch((error: unknown) =>
    assert.fail(`${String(error)} for ${text}\n${predicate.sql('r').text}`),
  )
  for (const [id, row] of rows.entries()) {
    const expected = predicate.test(row)
    if (expected === true) truths++
    assert.equal(ids.has(id), expected === true, `${text}\n${predicate.sql('r').text}\n${show(row)} test says ${expected}`)
  }
  return truths
}

async function compareAll(session: Connection): Promise<number> {
  let truths = 0
  for (let round = 0; round < rounds; round++) {
    const chance = new Chance(1_000 + round)
    const rows = Array.from({ length: rowsPerRound }, () => randomRow(chance))
    await fill(session, rows)
    for (let each = 0; each < predicatesPerRound; each++) {
      truths += await compareOne(session, affordable(chance), rows)
    }
  }
  return truths
}

// Three quantifiers inside each other are refused; the generator sometimes writes them.
function affordable(chance: Chance): Predicate {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      return compile(randomPredicate(chance, chance.below(4)), sampleFields)
    } catch (error) {
      if (!(error instanceof PredicateError && error.message.startsWith('too dear'))) throw error
    }
  }
  throw new Error('a hundred predicates in a row were too dear')
}

function show(row: SampleRow): string {
  return JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))
}

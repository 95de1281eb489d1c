import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection, sql } from '#kernel/db'
import { declarations } from '#main'
import { database } from '#test/database'
import { type Cell, cellsOf } from '#test/matrix'
import { footprint, staged } from '#test/stage'
import { isProblem } from '#test/problem'
import { everybody, settled, wholeProgram } from '#test/whole-program'

const db = await database()
const whole = await wholeProgram(db)
const stage = await staged(whole, db)
const { running, ask } = whole
const cells = cellsOf(whole, stage)
const refused = cells.filter(({ expected }) => 'refused' in expected)
const allowed = cells.filter(({ expected }) => !('refused' in expected))
const titleOf = ({ who, variant, asked }: Cell): string => `${who ?? 'nobody'}, ${variant}: ${asked.target}`

/** Addresses that are mounted, as `METHOD /path`, read off the server itself. */
function mounted(): readonly string[] {
  const at: string[] = []
  const found: string[] = []
  for (const line of running.app.printRoutes({ commonPrefix: false }).split('\n')) {
    const match = /^((?:│ {3}| {4})*)(?:├──|└──) (\S+)(?: \(([A-Z, ]+)\))?/.exec(line)
    if (!match) continue
    const depth = (match[1] ?? '').length / 4
    at[depth] = match[2] ?? ''
    const path = at.slice(0, depth + 1).join('')
    for (const method of match[3]?.split(', ') ?? []) if (method !== 'HEAD') found.push(`${method} ${path}`)
  }
  return found
}

/** Signing out, a new password, a lost role: undone, so that each cell finds the cast as it was. */
const remember = async () =>
  db.pool.query<{ id: string; roles: string[]; password: string | null }>(sql`select id, roles, password from identity.person`)
const asItWas = await remember()
async function mend(): Promise<void> {
  const owner = await Connection.open(db.owner)
  try {
    for (const { id, roles, password } of asItWas)
      await owner.execute(
        sql`update identity.person set roles = ${roles}::text[], password = ${password}, state = 'active', failures = 0, locked_until = null where id = ${id}`,
      )
    await owner.execute(sql`update identity.session set ended_at = null`)
  } finally {
    await owner.close()
  }
}

test('whatever is mounted under /api is declared, with who may', () => {
  const declared = running.routes.map(({ method, path, target }) => {
    assert.ok(target.spec.may.length > 0, `${path} says nobody may`)
    return `${method} ${path}`
  })
  const raw = declarations().raw.map(({ method, path }) => `${method} ${path}`)
  const api = mounted().filter((one) => one.includes(' /api/'))
  assert.deepEqual(api.toSorted(), [...declared, ...raw].toSorted())
  assert.ok(cells.length > 500, `only ${cells.length} cells`)
})

test('role × operation × object: whoever may not is refused as declared, another’s object as an absent one, and nothing changes', async (t) => {
  await settled(whole)
  const before = await footprint(db)
  const hidden = new Map<string, string>()
  for (const cell of refused) {
    const heard = await ask(cell.who, cell.asked.target, cell.asked)
    if (!('refused' in cell.expected)) continue
    assert.deepEqual([heard.status, heard.code], cell.expected.refused, titleOf(cell))
    isProblem(heard)
    if (heard.status !== 404) continue
    // Alike but for the id that was asked for and the request's own.
    const text = [...cell.ids, String(heard.body['requestId'])].reduce((told, id) => told.replaceAll(id, '…'), heard.text)
    const key = `${cell.who} ${cell.route.target.name}`
    assert.equal(text, hidden.get(key) ?? text, titleOf(cell))
    hidden.set(key, text)
  }
  assert.equal(await footprint(db), before)
  t.diagnostic(
    `${cells.length} cells of ${running.routes.length} routes: ${refused.length} refused, ${hidden.size} pairs of another's and absent alike`,
  )
})

test('a stream or batch refuses by session and role too, before it reads anything', async () => {
  for (const { method, path, may } of declarations().raw) {
    assert.equal((await ask(null, `${method} ${path}`)).code, 'http.not_authenticated', path)
    for (const who of everybody)
      if (!may.includes(whole.players[who].role)) assert.equal((await ask(who, `${method} ${path}`)).code, 'operations.forbidden', path)
  }
})

test('every refusal of an operation is in the audit, but those without a session', async () => {
  await sleep(200)
  const wanted = refused.filter(
    ({ route, expected }) => route.target.kind === 'operation' && 'refused' in expected && expected.refused[0] !== 401,
  )
  const found = await db.pool.query<{ key: string; n: number }>(sql`
    select operation || ' ' || person || ' ' || (body::jsonb ->> 'fault') as key, count(*)::int as n from audit.record where outcome = 'refused' group by 1`)
  const told = new Map(found.map(({ key, n }) => [key, n]))
  for (const [key, of] of Map.groupBy(wanted, ({ route, who, expected }) => {
    const person = who === null ? 'public' : whole.players[who].id
    return `${route.target.name} ${person} ${'refused' in expected ? expected.refused[1] : ''}`
  }))
    assert.equal(told.get(key), of.length, key)
})

test('whoever may is served, or refused as the operation declares; what is absent is not found', async () => {
  for (const cell of allowed) {
    if ('refused' in cell.expected) continue
    const heard = await ask(cell.who, cell.asked.target, cell.asked)
    const title = `${titleOf(cell)}: ${heard.text.slice(0, 300)}`
    const { found, statuses, codes } = cell.expected
    if (heard.status < 400) {
      assert.ok(statuses.includes(heard.status), title)
      assert.ok(found || cell.ids.length === 0, `found what is absent: ${title}`)
    } else {
      isProblem(heard)
      assert.ok(codes.includes(heard.code ?? ''), `undeclared: ${title}`)
      // A view has no state to refuse by: what is there is shown.
      assert.ok(!found || cell.route.target.kind === 'operation', title)
      if (!found) assert.equal(heard.status, 404, title)
    }
    if (heard.status < 400 && cell.route.target.name.startsWith('identity.')) await mend()
  }
})

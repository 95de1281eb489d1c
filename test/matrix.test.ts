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

/** Refusals that never ran are written in the background: waits until there are so many, five seconds at most. */
async function refusalsWritten(many: number): Promise<void> {
  for (let look = 0; look < 50; look++) {
    const [row] = await db.pool.query<{ n: number }>(sql`select count(*)::int as n from audit.record where outcome = 'refused'`)
    if ((row?.n ?? 0) >= many) return
    await sleep(100)
  }
}

test('every refusal of an operation is in the audit, but those without a session', async () => {
  const wanted = refused.filter(
    ({ route, expected }) => route.target.kind === 'operation' && 'refused' in expected && expected.refused[0] !== 401,
  )
  await refusalsWritten(wanted.length)
  const found = await db.pool.query<{ key: string; n: number }>(sql`
    select operation || ' ' || person || ' ' || (body::jsonb ->> 'fault') as key, count(*)::int as n from audit.record where outcome = 'refused' group by 1`)
  const told = new Map(found.map(({ key, n }) => [key, n]))
  for (const [key, of] of Map.groupBy(wanted, ({ route, who, expected }) => {
    const person = who === null ? 'public' : whole.players[who].id
    return `${route.target.name} ${person} ${'refused' in expected ? expected.refused[1] : ''}`
  }))
    assert.equal(told.get(key), of.length, key)
})

/** What the address of a route names first: the object of its audit record, whatever became of the call. */
function namedFirst({ route, asked }: Cell): string | null {
  const at = route.path.split('/').findIndex((part) => part.startsWith(':'))
  const [path = ''] = (asked.target.split(' ')[1] ?? '').split('?')
  return at < 0 ? null : decodeURIComponent(path.split('/')[at] ?? '')
}

test('the audit names the object of every refusal whose address names one: no role, wrong shape, no key, absent, state and rule', async () => {
  const wanted = new Map<string, string>()
  const [before] = await db.pool.query<{ n: number }>(sql`select count(*)::int as n from audit.record where outcome = 'refused'`)
  const operations = cells.filter((cell) => cell.route.target.kind === 'operation' && cell.route.params.length > 0 && cell.who !== null)
  for (const cell of operations) {
    const named = namedFirst(cell) ?? assert.fail(cell.route.path)
    const { who, asked, route } = cell
    const { key, ...keyless } = asked
    const shapes = [asked, { ...asked, body: { colour: 'red' } }, { ...asked, body: '[' }].map((one) => ({ ...one, key: `audited-${key}` }))
    // A call that succeeds would change what the next one finds: the first of each is asked only where it is refused.
    const tried = 'refused' in cell.expected || cell.variant === 'absent' ? shapes : shapes.slice(1)
    for (const one of route.target.kind === 'operation' && route.target.spec.moves ? [...tried, keyless] : tried) {
      const heard = await ask(who, asked.target, one)
      if (heard.status < 400 || heard.status === 401) continue
      wanted.set(String(heard.body['requestId']), `${named} ${heard.code}`)
    }
  }
  await refusalsWritten((before?.n ?? 0) + wanted.size)
  const found = await db.pool.query<{ request: string; told: string }>(sql`
    select body::jsonb ->> 'requestId' as request, object || ' ' || (body::jsonb ->> 'fault') as told from audit.record where outcome = 'refused'`)
  const told = new Map(found.map(({ request, told: text }) => [request, text]))
  for (const [request, text] of wanted) assert.equal(told.get(request), text)
  assert.ok(wanted.size > 500, `only ${wanted.size} refusals`)
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

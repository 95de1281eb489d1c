import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { realClock } from '#kernel/clock'
import { Connection } from '#kernel/db'
import { Consumer } from '#kernel/events'
import { makeServer } from '#kernel/http'
import { identityFaults } from '#kernel/identity'
import { newId } from '#kernel/ids'
import { openAccount, transfer } from '#kernel/ledger'
import { Executor, type Principal, type Role } from '#kernel/operations'
import type { Systems } from '#mounted'
import { database } from '#test/database'
import { quietServer } from '#test/quiet-server'

const root = path.join(import.meta.dirname, '..')
const guide = await readFile(path.join(root, 'docs', 'guides', 'write-your-own-system.md'), 'utf8')
const block = (language: string): string => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(guide)?.[1] ?? ''
const [table, code] = [block('sql'), block('ts')]

// Inside the repository, so that its front doors are found; a folder of this run alone.
const folder = path.join(root, '.cache', `guide-${process.pid}`)
await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })
await writeFile(path.join(folder, 'gifts.ts'), code)
await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify({ extends: '../../tsconfig.json', include: ['./gifts.ts'] }))

const db = await database()
db.closing(() => rm(folder, { recursive: true, force: true }))
const person = (name: string, role: Role): Principal => ({ id: newId('person'), name, kind: 'person', roles: [role] })
const cast = {
  asha: person('asha', 'admin'),
  ravi: person('ravi', 'cashier'),
  meera: person('meera', 'borrower'),
  dev: person('dev', 'borrower'),
}
type Name = keyof typeof cast

/** The system as the program would mount it: its migration, routes and reaction. */
async function mounted() {
  const owner = await Connection.open(db.owner)
  await owner.script(table)
  await owner.close()
  const { gifts } = (await import(pathToFileURL(path.join(folder, 'gifts.ts')).href)) as { gifts: Systems }
  const clock = realClock()
  const executor = new Executor({ pool: db.pool, clock, onCommit: () => consumer.wake() })
  const consumer = new Consumer({ name: 'gifts', reactions: gifts.reactions, executor, pool: db.pool })
  await consumer.start()
  db.closing(async () => {
    await executor.drain()
    await consumer.stop()
  })
  const app = await makeServer({
    routes: gifts.routes,
    executor,
    pool: db.pool,
    clock,
    ...quietServer(),
    authenticate: async ({ authorization }) => cast[authorization as Name] ?? null,
  })
  db.closing(() => app.close())
  return { app, executor, consumer }
}

test('the guide keeps its word: at most 60 lines of code', () => {
  const lines = `${table}\n${code}`.split('\n').filter((line) => line.trim() !== '' && !/^\s*(\/\/|--)/.test(line))
  assert.ok(lines.length > 30 && lines.length <= 60, `${lines.length} lines`)
})

test('its types are right', async () => {
  const tsc = path.join(root, 'node_modules', '.bin', 'tsc')
  const said = await new Promise<string>((resolve) => {
    execFile(tsc, ['--noEmit', '-p', folder], { cwd: root }, (error, stdout, stderr) =>
      resolve(error ? stdout + stderr + error.message : ''),
    )
  })
  assert.equal(said, '')
})

test('it runs: points move within the budget, once for each key, and each gift is thanked for', async () => {
  assert.ok(identityFaults.some(({ code }) => code === 'identity.person_unknown'))
  const { app, executor, consumer } = await mounted()
  const run = executor.run(cast.asha, 'req_guide')
  await run(openAccount, { id: 'points:issued', code: 'points', unit: 'POINT', side: 'credit', min: null })
  await run(openAccount, { id: 'points:budget', code: 'points', unit: 'POINT', side: 'debit', min: 0 })
  const legs = [80, -80].map((amount) => ({ account: amount > 0 ? 'points:budget' : 'points:issued', amount, unit: 'POINT' }))
  await run(transfer, { key: 'budget', legs }, { key: 'budget' })
  const body = { person: cast.meera.id, points: 50, reason: 'Welcome' }
  const give = (who: Name, key: string) =>
    app.inject({ method: 'POST', url: '/api/v1/gifts', headers: { authorization: who, 'idempotency-key': key }, payload: body })
  const list = (who: Name) => app.inject({ url: `/api/v1/people/${cast.meera.id}/gifts`, headers: { authorization: who } })
  const [first, twin] = await Promise.all([give('ravi', 'welcome-1'), give('ravi', 'welcome-1')])
  assert.deepEqual([first.statusCode, twin.body], [201, first.body])
  const short = await give('ravi', 'welcome-2')
  assert.deepEqual([short.statusCode, short.json().code], [422, 'ledger.insufficient'])
  assert.equal((await give('meera', 'welcome-3')).statusCode, 403)
  await consumer.caughtUp()
  assert.deepEqual((await list('meera')).json().items, [{ ...first.json(), thanked: true }])
  assert.equal((await list('dev')).json().code, 'identity.person_unknown')
})

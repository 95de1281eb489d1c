import assert from 'node:assert/strict'
import { glob, readFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { kernel, limits, longFiles } from './house.ts'
import type { Breach } from './house-law.ts'
import { banned, circleIn, foreignTables, imports, names, sizes, uncatalogued, unlisted } from './house-law.ts'
import type { Source } from './house-source.ts'
import { codeOf, importsOf, literalsOf } from './house-source.ts'

const root = path.join(import.meta.dirname, '..')
const looked = ['{src,test,bench,bin,web/src}/**/*.{ts,tsx}', 'src/*/*/README.md', 'db/migrations/*.sql']
const files = (await Array.fromAsync(glob(looked, { cwd: root }))).map((file) => file.replaceAll(path.sep, '/')).toSorted()
const sources: readonly Source[] = await Promise.all(
  files.map(async (file) => ({ path: file, text: await readFile(path.join(root, file), 'utf8') })),
)

function keeps(breaches: readonly Breach[]): void {
  assert.equal(breaches.length, 0, `\n${breaches.join('\n')}\n`)
}

test('the law looked at the whole house', () => {
  assert.ok(files.length >= limits.filesSeen, `only ${files.length} files seen`)
  for (const folder of ['src/kernel/db/', 'test/', 'bin/', 'db/migrations/', 'web/src/'])
    assert.ok(
      files.some((file) => file.startsWith(folder)),
      folder,
    )
  for (const file of Object.keys(longFiles)) assert.ok(files.includes(file), `${file} is gone: take it off the list of long files`)
})
test('the graph of the kernel has no circle', () => assert.equal(circleIn(kernel)?.join(' → '), undefined))
test('every kernel module is listed in house.ts', () => keeps(unlisted(sources)))
test('imports follow the rings and the graph', () => keeps(imports(sources)))
test('files, modules and READMEs keep their sizes', () => keeps(sizes(sources)))
test('names say what they name', () => keeps(names(sources)))
test('banned calls and words are absent', () => keeps(banned(sources)))
test('SQL names only the tables of its own schema', () => keeps(foreignTables(sources)))
test('every refusal is catalogued', () => keeps(uncatalogued(sources)))

const planted = (file: string, text: string): Source[] => [{ path: file, text }]

const cases: readonly [law: (sources: readonly Source[]) => Breach[], source: Source[], says: RegExp | undefined][] = [
  [imports, planted('src/kernel/money/a.ts', "import { sql } from '#kernel/db'"), /add 'db' to the line of 'money'/],
  [imports, planted('src/kernel/tx/a.ts', "import { sql } from '#kernel/db'"), undefined],
  [imports, planted('src/kernel/tx/a.ts', "import type { Loan } from '#systems/lending'"), /outside the kernel/],
  [imports, planted('src/kernel/tx/a.ts', "import { b } from '../db/sql.ts'"), /leaves its folder/],
  [imports, planted('src/kernel/tx/a.ts', "export * from './index.ts'"), /its own front door/],
  [imports, planted('src/kernel/tx/a.ts', "const b = await import('#kernel/http')"), /not allowed to tx/],
  [imports, planted('src/kernel/money/a.ts', "import { readFile } from 'node:fs/promises'"), /stands alone/],
  [
    imports,
    planted('src/kernel/money/a.test.ts', "import { readFile } from 'node:fs/promises'\nimport { database } from '#test/database'"),
    undefined,
  ],
  [imports, planted('src/kernel/money/a.ts', "import { database } from '#test/database'"), /for tests alone/],
  [imports, planted('src/systems/lending/a.ts', "import { b } from '#systems/wealth'"), /talk by event/],
  [imports, planted('src/flows/a/a.ts', "import { b } from '#systems/wealth'"), undefined],
  [imports, planted('src/gateways/bureau/a.ts', "import { b } from '#systems/lending'"), /only be imported as a type/],
  [imports, planted('src/gateways/bureau/a.ts', "import type { b } from '#systems/lending'"), undefined],
  [imports, planted('web/src/a.ts', "import { b } from '../../src/contract.ts'"), /leaves its folder/],
  [imports, planted('web/src/a.ts', "import type { b } from '../../src/contract.ts'"), undefined],
  [unlisted, planted('src/kernel/astrology/index.ts', ''), /add a line "astrology/],
  [sizes, planted('src/kernel/tx/a.ts', 'a\n'.repeat(limits.fileLines + 1)), /301 lines/],
  [sizes, planted('src/kernel/tx/index.ts', ''), /no README/],
  [sizes, planted('src/kernel/tx/README.md', ''), /no front door/],
  [sizes, planted('src/kernel/tx/deep/a.ts', ''), /flat/],
  [sizes, Array.from({ length: limits.moduleFiles }, (_, n) => ({ path: `src/kernel/tx/a${n}.ts`, text: '' })), /it is two modules/],
  [names, planted('src/kernel/tx/tx-helper.ts', ''), /"helper" says nothing/],
  [names, planted('src/kernel/tx/Tx.ts', ''), /kebab-case/],
  [names, planted('src/kernel/tx/a.ts', 'export interface ILoan {}'), /ILoan/],
  [names, planted('src/kernel/tx/a.ts', 'export const INR = 1\nexport class Idle {}'), undefined],
  [banned, planted('src/systems/lending/a.ts', 'const now = Date.now()'), /a\.ts:1: Date\.now/],
  [banned, planted('src/systems/lending/a.ts', "// not Date.now()\nconst text = 'Date.now()' + `Math.random`"), undefined],
  [banned, planted('src/systems/lending/a.ts', 'const text = `${Math.random()}`'), /Math\.random/],
  [banned, planted('src/kernel/clock/a.ts', 'Date.now()'), undefined],
  [banned, planted('src/systems/lending/a.ts', '\nconsole.log(1)'), /a\.ts:2/],
  [banned, planted('src/systems/lending/a.ts', `// ${'todo'.toUpperCase()} later`), /finish it/],
  [
    foreignTables,
    [...planted('src/kernel/tx/a.ts', 'sql`select n from ledger.account`'), ...planted('src/kernel/ledger/a.ts', '')],
    /belongs to ledger/,
  ],
  [
    foreignTables,
    [
      ...planted('db/migrations/0001_tx_a.sql', 'create table tx.a (n text references ledger.account)'),
      ...planted('src/kernel/ledger/a.ts', ''),
    ],
    /belongs to ledger/,
  ],
  [
    foreignTables,
    [...planted('src/kernel/tx/a.ts', "copied<Row>(['ledger', 'entry'], { id: 'text' })"), ...planted('src/kernel/ledger/a.ts', '')],
    /belongs to ledger/,
  ],
  [foreignTables, planted('src/kernel/ledger/a.ts', 'sql`select n from ledger.account`'), undefined],
  [
    foreignTables,
    [...planted('db/migrations/0001_stream_store_a.sql', 'create table stream_store.a ()'), ...planted('src/kernel/stream-store/a.ts', '')],
    undefined,
  ],
  [
    foreignTables,
    [
      ...planted('db/migrations/0360_ledger_held_change.sql', 'select at from audit.record'),
      ...planted('src/kernel/audit/a.ts', ''),
      ...planted('src/kernel/ledger/a.ts', ''),
    ],
    undefined,
  ],
  [
    foreignTables,
    [
      ...planted('db/migrations/0360_ledger_held_change.sql', 'select at from tx.a'),
      ...planted('src/kernel/tx/a.ts', ''),
      ...planted('src/kernel/ledger/a.ts', ''),
    ],
    /belongs to tx/,
  ],
  [uncatalogued, planted('src/kernel/tx/a.ts', "throw new Fault('tx.unheard_of')"), /'tx.unheard_of' is in no catalogue/],
  [
    uncatalogued,
    planted('src/kernel/tx/a.ts', "const o = { faults: ['tx.a', 'tx.b'] }\nfaults('tx', {\n  a: [409, 'm', 'r'],\n})"),
    /'tx.b'/,
  ],
]

test('each law sees its breach', () => {
  for (const [law, source, says] of cases) {
    const said = law(source).join('\n')
    if (says) assert.match(said, says)
    else assert.equal(said, '')
  }
  assert.deepEqual(circleIn({ a: ['b'], b: ['c'], c: ['b'] }), ['b', 'c', 'b'])
})

test('code is told from comments, strings, patterns and templates', () => {
  const text = "a /* b */ 'c' `d${e + `f${g}` + '}'}h`, /i[/]'/.j // k\nl / m / n"
  assert.equal(codeOf(text).replaceAll(/\s+/g, ' '), 'a e + g + , .j l / m / n')
  assert.equal(codeOf(text).split('\n').length, 2)
  assert.match(literalsOf(text), /'c'.*`d\$\{.*`f\$\{/)
  assert.deepEqual(
    importsOf(
      "import a from 'a'\nimport type { b } from \"b\"\nimport 'c'\nexport * from './d.ts'\nimport {\n  e,\n} from 'e'\nconst f = await import('f')",
    ).map(({ from }) => from),
    ['a', 'b', 'c', './d.ts', 'e', 'f'],
  )
})

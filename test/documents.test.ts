import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'

const root = path.join(import.meta.dirname, '..')
const textOf = (file: string): string => readFileSync(path.join(root, file), 'utf8')
const found = (pattern: string): string[] => globSync(pattern, { cwd: root, exclude: (name) => name.includes('node_modules') })
const documents = [...found('*.md'), ...found('docs/{decisions,guides}/*.md'), ...found('{src,web}/**/README.md')]

test('every link and picture of a document leads to a file that is there', () => {
  assert.ok(documents.length > 40, `only ${documents.length} documents were seen`)
  const broken = documents.flatMap((file) =>
    [...textOf(file).matchAll(/(?:\]\(|src(?:set)?=")([^)"\s]+)[)"]/g)]
      .map(([, link = '']) => link.split('#')[0] ?? '')
      .filter((link) => link !== '' && !/^[a-z]+:/.test(link) && !existsSync(path.join(root, path.dirname(file), link)))
      .map((link) => `${file}: ${link}`),
  )
  assert.deepEqual(broken, [])
})

test('the table of settings in README names every variable that is read, and no other', () => {
  const sources = [...found('{src,bin,test,bench}/**/*.{ts,cjs}'), ...found('web/*.config.ts'), '.ci/run'].filter(
    (file) => file !== path.join('test', 'documents.test.ts'),
  )
  const read = new Set(sources.flatMap((file) => textOf(file).match(/HOLDFAST_[A-Z_]+/g) ?? []))
  const table = textOf('README.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => line.split('|')[1]?.match(/HOLDFAST_[A-Z_]+/g) ?? [])
  assert.deepEqual([...new Set(table)].sort(), [...read].sort())
})

test('ARCHITECTURE.md can be read in one sitting', () => {
  assert.ok(textOf('ARCHITECTURE.md').split('\n').length <= 250)
})

test('every decision stands in their list', () => {
  const list = textOf('docs/decisions/README.md')
  const missing = found('docs/decisions/[0-9]*.md').filter((file) => !list.includes(`(${path.basename(file)})`))
  assert.deepEqual(missing, [])
})

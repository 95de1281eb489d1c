// Writes docs/reference anew from the declarations; with --check it only says what is out of date. Needs no database.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { referenceOf } from '#kernel/reference'
import { declarations, version } from '#main'

const folder = path.join(import.meta.dirname, '..', 'docs', 'reference')
const files = referenceOf({ ...declarations(), version })
await mkdir(folder, { recursive: true })
const strangers = (await readdir(folder)).filter((name) => !files.has(name))

if (process.argv.includes('--check')) {
  const stale = [...strangers]
  for (const [name, text] of files) {
    const found = await readFile(path.join(folder, name), 'utf8').catch(() => undefined)
    if (found !== text) stale.push(name)
  }
  if (stale.length > 0) {
    process.stdout.write(
      `docs/reference is out of date (${stale.toSorted().join(', ')}): run node bin/run.cjs reference, and read the difference\n`,
    )
    process.exitCode = 1
  }
} else {
  for (const name of strangers) await rm(path.join(folder, name))
  for (const [name, text] of files) await writeFile(path.join(folder, name), text)
}

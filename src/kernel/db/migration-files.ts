import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

export interface Migration {
  readonly number: number
  /** The file's name without .sql: 0007_ledger_accounts. */
  readonly name: string
  readonly text: string
  readonly sha256: string
}

const filePattern = /^(\d{4})_[a-z][a-z0-9]*_[a-z0-9_]+\.sql$/
const migrationsMax = 10_000

/** The files of db/migrations in order. Throws at a name out of form and at two files with one number, saying which to rename. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).toSorted()
  if (files.length > migrationsMax) throw new Error(`more than ${migrationsMax} migrations`)
  const migrations: Migration[] = []
  for (const file of files) {
    const match = filePattern.exec(file)
    if (match === null) throw new Error(`db/migrations/${file}: a migration is called NNNN_<module>_<what>.sql`)
    const number = Number(match[1])
    const before = migrations.at(-1)
    if (before?.number === number)
      throw new Error(`${before.name}.sql and ${file} have one number: give the newer one the next free number`)
    const text = await readFile(path.join(folder, file), 'utf8')
    migrations.push({ number, name: file.slice(0, -'.sql'.length), text, sha256: createHash('sha256').update(text).digest('hex') })
  }
  return migrations
}

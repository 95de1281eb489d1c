// Brings the database (DATABASE_URL, or the embedded one in HOLDFAST_DATA) up to this program's migrations and says which were applied.
import path from 'node:path'
import { CannotStart, migrate, readMigrations } from '#kernel/db'
import { openDatabase } from '#kernel/embedded'
import { settingsFrom } from '#settings'

const root = path.join(import.meta.dirname, '..')
try {
  const { databaseUrl, data } = settingsFrom(process.env)
  const database = await openDatabase({ url: databaseUrl, folder: data })
  try {
    const { applied } = await migrate(database.owner, await readMigrations(path.join(root, 'db', 'migrations')))
    process.stdout.write(
      applied.length === 0 ? 'The database is up to date.\n' : `Applied:\n${applied.map((name) => `  ${name}\n`).join('')}`,
    )
  } finally {
    await database.stop()
  }
} catch (error) {
  if (!(error instanceof CannotStart)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}

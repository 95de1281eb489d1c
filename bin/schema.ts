// Writes db/schema.sql anew from the migrations: look at the difference before you commit it.
import { mkdtemp, chmod, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Connection, describeSchema, migrate, readMigrations } from '#kernel/db'
import { startEmbedded } from '#kernel/embedded'

const root = path.join(import.meta.dirname, '..')
const folder = await mkdtemp(path.join(tmpdir(), 'hf-schema-'))
await chmod(folder, 0o755)
const postgres = await startEmbedded({ folder })
try {
  await migrate(postgres.owner, await readMigrations(path.join(root, 'db', 'migrations')))
  const connection = await Connection.open(postgres.owner)
  await writeFile(path.join(root, 'db', 'schema.sql'), await describeSchema(connection))
  await connection.close()
} finally {
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
}

// bin/export DIR: writes the sealed log with all its rows to a new folder, beside a running Holdfast or without one. See docs/guides/verify-an-export.md.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { sealedAudit } from '#kernel/audit'
import { formatInstant, realClock } from '#kernel/clock'
import { Connection, useExternal } from '#kernel/db'
import { attachEmbedded, startEmbedded } from '#kernel/embedded'
import type { Database } from '#kernel/db'
import { sealedEvents } from '#kernel/events'
import { sealedTransfers } from '#kernel/ledger'
import { exportLog, sealKey } from '#kernel/seal'
import { settingsFrom } from '#settings'

const tenMinutes_ms = 600_000

async function run(folder: string): Promise<void> {
  const settings = settingsFrom(process.env)
  if (settings.databaseUrl === undefined && !existsSync(path.join(settings.data, 'postgres')))
    throw new Error(`${settings.data} holds no Holdfast: name its folder in HOLDFAST_DATA, as at its start`)
  const database: Database = settings.databaseUrl
    ? await useExternal(settings.databaseUrl)
    : ((await attachEmbedded(settings.data)) ?? (await startEmbedded({ folder: settings.data })))
  try {
    const { publicPem } = await sealKey(settings.sealKey, false)
    const connection = await Connection.open({ ...database.server, application: 'holdfast export', statement_timeout_ms: tenMinutes_ms })
    try {
      const streams = [sealedAudit, sealedEvents, sealedTransfers]
      const at = formatInstant(realClock().now())
      const { size, rows } = await exportLog({ connection, streams, folder: path.resolve(folder), publicPem, at })
      const told = Object.entries(rows).map(([stream, lines]) => `${lines} ${stream}`)
      process.stdout.write(`${size} leaves; rows: ${told.join(', ')}\n`)
      process.stdout.write(
        `Verify it anywhere: bin/verify ${folder} --key public.pem --checkpoints ${path.join(settings.sealFolder, 'checkpoints.txt')}\n`,
      )
    } finally {
      await connection.close()
    }
  } finally {
    await database.stop()
  }
}

const [folder, ...rest] = process.argv.slice(2)
if (folder === '--help' || folder === '-h') process.stdout.write('Usage: bin/export DIR\n')
else if (folder === undefined || rest.length > 0 || folder.startsWith('-')) {
  process.stderr.write('Usage: bin/export DIR\n')
  process.exitCode = 2
} else {
  try {
    await run(folder)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}

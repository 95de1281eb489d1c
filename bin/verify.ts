// bin/verify DIR --key public.pem --checkpoints FILE: judges an export without the database. Exit 0 sound, 1 something is wrong, 2 cannot judge.
import { parseArgs } from 'node:util'
import { Unusable, verifyExport } from '#kernel/verify'

const usage = 'Usage: bin/verify DIR --key public.pem --checkpoints checkpoints.txt\n'

function run(): number {
  const started = performance.now()
  const { values, positionals } = parseArgs({
    options: { key: { type: 'string' }, checkpoints: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  })
  if (values.help) {
    process.stdout.write(usage)
    return 0
  }
  const [folder] = positionals
  if (folder === undefined || positionals.length > 1 || values.key === undefined || values.checkpoints === undefined) {
    process.stderr.write(usage)
    return 2
  }
  const { finding, counts } = verifyExport({ folder, key: values.key, checkpoints: values.checkpoints })
  const seconds = (performance.now() - started) / 1000
  const { rows, checkpoints, entries, accounts, uncovered, fresh } = counts
  process.stdout.write(
    `${rows} rows, ${checkpoints} checkpoints, ${entries} entries of ${accounts} accounts in ${seconds.toFixed(2)} s (${Math.round(rows / seconds)} rows/s)\n`,
  )
  if (uncovered > 0)
    process.stdout.write(`${uncovered} rows are newer than the last checkpoint given: only the export's own vouch for them\n`)
  if (fresh > 0) process.stdout.write(`${fresh} rows were not sealed yet when the export was made\n`)
  if (finding === undefined) {
    process.stdout.write('SOUND: every row, leaf, root and chain is as it was signed\n')
    return 0
  }
  const { stream, row, kind, detail, seq } = finding
  process.stdout.write(`BAD: ${kind}: stream ${stream}, row ${row}${seq === undefined ? '' : ` (number ${seq})`}: ${detail}\n`)
  return 1
}

try {
  process.exitCode = run()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  // Whatever cannot be read or understood was not judged; only our own bugs show where they happened.
  if (!(error instanceof Unusable) && error instanceof Error && !('code' in error)) process.stderr.write(`${error.stack}\n`)
  process.exitCode = 2
}

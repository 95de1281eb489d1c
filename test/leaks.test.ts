import { after } from 'node:test'

// All tests share one process, so a timer or socket that one of them leaves behind keeps it alive after the last. Long enough for PostgreSQL to end.
const patience_ms = 20_000

after(() => {
  setTimeout(() => {
    process.stderr.write(`\nThe tests are done but something keeps the process alive: ${process.getActiveResourcesInfo().join(', ')}\n`)
    process.exit(1)
  }, patience_ms).unref()
})

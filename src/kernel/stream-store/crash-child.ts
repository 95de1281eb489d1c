import { Pool, type ConnectionSettings } from '#kernel/db'
import { DurableRun } from '#kernel/streams'
import { countedPayments, paymentLog } from './counted-payments.ts'
import { postgresStore } from './postgres-store.ts'

// Runs the log in small batches until it is done or killed: node crash-child.ts <settings> <run> <length>.
const [settings = '', name = '', length = '0'] = process.argv.slice(2)
const pool = new Pool(JSON.parse(settings) as ConnectionSettings, { connections: 2 })
const log = paymentLog(Number(length))
const run = await DurableRun.open(countedPayments(), postgresStore(pool, name), { wholeAfterRows: 300 })
process.stdout.write('open\n')
for (let at = run.position; at < log.length; at += 20) await run.process(log.slice(at, at + 20))
await pool.close()

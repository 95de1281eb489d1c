import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sealedAudit } from '#kernel/audit'
import { realClock } from '#kernel/clock'
import { sealedEvents } from '#kernel/events'
import { openAccount, sealedTransfers, transfer } from '#kernel/ledger'
import { Executor, type Operation, type Principal } from '#kernel/operations'
import { Sealer } from '#kernel/seal'
import { closedLoop } from './rounds.ts'
import { stage } from './stage.ts'

const callers = 200
const accounts = 2_000
const admin: Principal = { id: 'person_bench', name: 'Bench', kind: 'person', roles: ['admin'] }

/** Books transfers for as many milliseconds as each message of the parent says and answers the rate, until the parent hangs up. */
export async function runChain(sealed: boolean): Promise<void> {
  const { pool, owner, close } = await stage()
  const executor = new Executor({ pool, clock: realClock() })
  let calls = 0
  const submit = async <I, A>(operation: Operation<I, A>, input: I): Promise<void> => {
    const reply = await executor.submit({ operation, input, principal: admin, key: `k${++calls}`, requestId: `r${calls}` })
    if (reply.status !== 201) throw new Error(reply.body, { cause: reply.error })
  }
  const open = (at: number): Promise<void> =>
    submit(openAccount, { id: `a${at}`, code: 'bench', unit: 'INR', side: 'debit' as const, min: null })
  await Promise.all(Array.from({ length: accounts }, (_, at) => open(at)))
  await owner.script('analyze')
  const folder = await mkdtemp(path.join(tmpdir(), 'hf-bench-seal-'))
  const sealer = new Sealer({
    database: pool.settings,
    streams: [sealedTransfers, sealedAudit, sealedEvents],
    clock: realClock(),
    folder,
    keyFile: path.join(folder, 'seal.pem'),
    warn: () => undefined,
  })
  if (sealed) sealer.start()
  const move = async (): Promise<void> => {
    const at = ++calls
    const [from, to] = [`a${(at * 7919) % accounts}`, `a${(at * 7919 + 1 + (at % 97)) % accounts}`]
    await submit(transfer, {
      key: `t${at}`,
      legs: [
        { account: from, amount: -5, unit: 'INR' },
        { account: to, amount: 5, unit: 'INR' },
      ],
    })
  }
  const answer = async (ms: number): Promise<void> => {
    const used = process.cpuUsage()
    const { rate, latencies } = await closedLoop(callers, ms, move)
    const { user, system } = process.cpuUsage(used)
    process.send?.({ rate, cpu: (user + system) / latencies.length })
  }
  process.on('message', (ms: number) => void answer(ms))
  process.send?.('ready')
  await once(process, 'disconnect')
  await sealer.stop()
  await close()
  await rm(folder, { recursive: true, force: true })
}

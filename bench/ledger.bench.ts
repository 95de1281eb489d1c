import { realClock } from '#kernel/clock'
import { openAccount, transfer } from '#kernel/ledger'
import { Executor, type Operation, type Principal } from '#kernel/operations'
import { closedLoop, type Contestant, machine, rounds, say } from './rounds.ts'
import { stage } from './stage.ts'

// Single transfers from 200 callers, chain, audit and stored answers on: grouped against the same posting in a transaction each.
const callers = 200
const accounts = 2_000
const hot = 4
const roundMs = 2_000

const { pool, owner, close } = await stage()
const clock = realClock()
const grouped = new Executor({ pool, clock })
const single = new Executor({ pool, clock, groupMax: 1, pumps: 10 })
const admin: Principal = { id: 'person_bench', name: 'Bench', kind: 'person', roles: ['admin'] }
let calls = 0

async function submit<I, A>(executor: Executor, operation: Operation<I, A>, input: I): Promise<void> {
  const reply = await executor.submit({ operation, input, principal: admin, key: `k${++calls}`, requestId: `r${calls}` })
  if (reply.status !== 201) throw new Error(reply.body, { cause: reply.error })
}

await Promise.all(
  Array.from({ length: accounts }, (_, at) =>
    submit(grouped, openAccount, { id: `a${at}`, code: 'bench', unit: 'INR', side: 'debit' as const, min: null }),
  ),
)
await owner.script('analyze')

function contestant(name: string, executor: Executor, among: number): Contestant {
  const pick = (): string => `a${Math.floor((calls * 7919 + (calls >> 3)) % among)}`
  return {
    name,
    run: async (ms) => {
      const { rate } = await closedLoop(callers, ms, async () => {
        const from = pick()
        let to = pick()
        if (to === from) to = `a${(Number(from.slice(1)) + 1) % among}`
        await submit(executor, transfer, {
          key: `t${calls}`,
          legs: [
            { account: from, amount: -5, unit: 'INR' },
            { account: to, amount: 5, unit: 'INR' },
          ],
        })
      })
      return rate
    },
  }
}

const rates = await rounds(
  [
    contestant('uniform, grouped', grouped, accounts),
    contestant('uniform, one each', single, accounts),
    contestant('hot, grouped', grouped, hot),
    contestant('hot, one each', single, hot),
  ],
  5,
  roundMs,
)
say(machine())
say(`single transfers, ${callers} callers, fsync and synchronous_commit on; medians of 5 alternating rounds of ${roundMs} ms`)
for (const [name, rate] of rates) say(`${name.padEnd(20)} ${Math.round(rate).toString().padStart(7)}/s`)
const ratio = (a: string, b: string): string => ((rates.get(a) ?? 0) / (rates.get(b) ?? 1)).toFixed(1)
say(
  `uniform: ${ratio('uniform, grouped', 'uniform, one each')} × one transaction each (target 4) · hot: ${ratio('hot, grouped', 'hot, one each')} × (target 10)`,
)
await close()

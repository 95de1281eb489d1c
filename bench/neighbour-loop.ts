import { median, percentile, say } from './rounds.ts'

const WARM_UP = 2

type Ask = (key: number, tenant: string) => Promise<unknown>

/** Milliseconds of processor time that this process has used: a clock that stands still while others have the processor. A thread's own is told in steps of 4 ms. */
function watch(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** When somebody's next question is due, at random times. */
function arrivals(rate: number, seed: number): () => number {
  let state = seed
  let at = 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (at -= (1000 / rate) * Math.log((state + 0.5) / 2 ** 32))
  }
}

/** p99 of a quiet tenant's answers from when they were due, with another asking at `loud` a second, both on this thread. */
function p99(ask: Ask, of: { readonly quiet: number; readonly loud: number; readonly ms: number; readonly seed: number }): Promise<number> {
  const next = { a: of.loud === 0 ? () => Infinity : arrivals(of.loud, of.seed + 1000), b: arrivals(of.quiet, of.seed) }
  const due = { a: next.a(), b: next.b() }
  const start = watch()
  const took: number[] = []
  let key = 0
  return new Promise((resolve, reject) => {
    const answer = async (tenant: 'a' | 'b', at: number): Promise<void> => {
      await ask(key++, tenant)
      if (tenant === 'b') took.push(watch() - start - at)
    }
    // one question a turn, as from a connection of its own
    const turn = (): void => {
      const now = watch() - start
      if (now > of.ms) return resolve(percentile(took, 0.99))
      const tenant = due.a < due.b ? 'a' : 'b'
      if (due[tenant] <= now) {
        answer(tenant, due[tenant]).catch(reject)
        due[tenant] = next[tenant]()
      }
      setImmediate(turn)
    }
    turn()
  })
}

/** What one loop makes a quiet tenant wait, alone and beside a loud one, in alternating rounds; each way in turn. */
export async function loopNeighbours(
  ways: Readonly<Record<string, () => Ask>>,
  of: { readonly rounds: number; readonly ms: number; readonly quiet: number; readonly loud: number },
): Promise<void> {
  const p99s = new Map(Object.keys(ways).map((way) => [way, { alone: [] as number[], beside: [] as number[] }]))
  for (let round = 0; round < of.rounds + WARM_UP; round++)
    for (const [way, open] of Object.entries(ways))
      for (const company of ['alone', 'beside'] as const) {
        const took = await p99(open(), { ...of, loud: company === 'alone' ? 0 : of.loud, seed: round + 1 })
        if (round >= WARM_UP) p99s.get(way)![company].push(took * 1000)
      }
  for (const [way, { alone, beside }] of p99s)
    say(
      `  ${way}: ${median(alone).toFixed(1)} us alone, ${median(beside).toFixed(1)} beside (x ${(median(beside) / median(alone)).toFixed(2)})`,
    )
}

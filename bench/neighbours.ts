import { MessageChannel, Worker } from 'node:worker_threads'
import type { Clients } from './neighbour-client.ts'
import { median, percentile, say } from './rounds.ts'

/** Of the quiet tenant, a second; the loud one asks a hundred times as often. */
const QUIET = 200
const TIMES = 100

interface Told {
  readonly id?: number
  readonly key?: number
  readonly took?: readonly number[]
}

type Ask = (key: number, tenant: string) => Promise<unknown>

interface Took {
  readonly outside: readonly number[]
  readonly inside: readonly number[]
}

/** Runs a tenant's clients beside this thread and answers them from it: milliseconds from question to answer, by the clients' own watch, and within this thread. */
function clients(tenant: string, ask: Ask, of: Clients): Promise<Took> {
  const { port1: port, port2: theirs } = new MessageChannel()
  const worker = new Worker(new URL('neighbour-client.ts', import.meta.url), {
    workerData: { ...of, port: theirs },
    transferList: [theirs],
  })
  const inside: number[] = []
  return new Promise((resolve, reject) => {
    worker.on('error', reject)
    const answer = async (id: number, key: number): Promise<void> => {
      const start = performance.now()
      await ask(key, tenant)
      inside.push(performance.now() - start)
      port.postMessage(id)
    }
    port.on('message', ({ id, key, took }: Told) => {
      if (took === undefined) return void answer(id!, key!).catch(reject)
      port.close()
      resolve({ outside: took, inside })
    })
  })
}

interface Way {
  readonly name: string
  readonly open: () => Ask
  readonly alone: { readonly outside: number[]; readonly inside: number[] }
  readonly beside: { readonly outside: number[]; readonly inside: number[] }
}

function toldOf({ alone, beside }: Way, place: 'outside' | 'inside'): string {
  const [quiet, loud] = [median(alone[place]), median(beside[place])]
  return `${quiet.toFixed(2)} ms alone, ${loud.toFixed(2)} beside (x ${(loud / quiet).toFixed(2)})`
}

/**
 * p99 of a tenant alone and beside another who asks a hundred times as often, in alternating rounds. Of several ways to answer each has
 * its turn in every round: beside one that has no source at all, the difference is the source's, and the rest the messages' between threads.
 */
export async function neighbours(
  name: string,
  ways: Readonly<Record<string, () => Ask>>,
  of: { readonly rounds: number; readonly ms: number; readonly keys: number },
): Promise<void> {
  const all = Object.entries(ways).map(([way, open]): Way => ({
    name: way,
    open,
    alone: { outside: [], inside: [] },
    beside: { outside: [], inside: [] },
  }))
  for (let round = 0; round <= of.rounds; round++) {
    for (const company of ['alone', 'beside'] as const) {
      for (const way of all) {
        const ask = way.open()
        const quiet = clients('b', ask, { ...of, rate: QUIET, seed: round + 1 })
        const noise = company === 'alone' ? undefined : clients('a', ask, { ...of, rate: QUIET * TIMES, seed: round + 1000 })
        const { outside, inside } = await quiet
        await noise
        if (round === 0) continue // to warm up
        way[company].outside.push(percentile(outside, 0.99))
        way[company].inside.push(percentile(inside, 0.99))
      }
    }
  }
  for (const way of all)
    say(`  ${name}, ${way.name}: by the clients' watch ${toldOf(way, 'outside')}; within the thread ${toldOf(way, 'inside')}`)
}

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

/** Runs a tenant's clients beside this thread and answers them from it: milliseconds from question to answer, by the clients' own watch, and within this thread. */
function clients(tenant: string, ask: Ask, of: Clients): Promise<{ readonly outside: readonly number[]; readonly inside: number[] }> {
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

/** p99 of a tenant alone and beside another who asks a hundred times as often, at one source, in alternating rounds. */
export async function neighbours(
  name: string,
  open: () => Ask,
  of: { readonly rounds: number; readonly ms: number; readonly keys: number },
): Promise<void> {
  const p99s = { alone: { outside: [] as number[], inside: [] as number[] }, beside: { outside: [] as number[], inside: [] as number[] } }
  let loud = 0
  for (let round = 0; round <= of.rounds; round++) {
    for (const way of ['alone', 'beside'] as const) {
      const ask = open()
      const quiet = clients('b', ask, { ...of, rate: QUIET, seed: round + 1 })
      const noise = way === 'alone' ? undefined : clients('a', ask, { ...of, rate: QUIET * TIMES, seed: round + 1000 })
      const { outside, inside } = await quiet
      loud = (await noise)?.outside.length ?? loud
      if (round === 0) continue // to warm up
      p99s[way].outside.push(percentile(outside, 0.99))
      p99s[way].inside.push(percentile(inside, 0.99))
    }
  }
  const told = (place: 'outside' | 'inside'): string => {
    const [alone, beside] = [median(p99s.alone[place]), median(p99s.beside[place])]
    return `${alone.toFixed(2)} ms alone, ${beside.toFixed(2)} beside (x ${(beside / alone).toFixed(2)})`
  }
  say(
    `  ${name}: by the clients' watch ${told('outside')}; within the thread ${told('inside')}; the other asked ${Math.round((loud * 1000) / of.ms)} a second`,
  )
}

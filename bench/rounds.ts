import { cpus, totalmem } from 'node:os'

/** One contestant of a comparison: does its work for about `ms` milliseconds and tells how many it did in a second. */
export interface Contestant {
  readonly name: string
  run(ms: number): Promise<number>
}

/** Runs contestants in alternating rounds and gives each one's median rate, so that a neighbour's load falls on all alike. */
export async function rounds(contestants: readonly Contestant[], count: number, ms: number): Promise<Map<string, number>> {
  const rates = new Map<string, number[]>(contestants.map(({ name }) => [name, []]))
  for (const contestant of contestants) await contestant.run(Math.min(ms, 1_000))
  for (let round = 0; round < count; round++) {
    for (const contestant of contestants) rates.get(contestant.name)?.push(await contestant.run(ms))
  }
  return new Map([...rates].map(([name, all]) => [name, median(all)]))
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** `callers` loops that each start the next call when the last is answered, for `ms` milliseconds; calls a second and latencies in ms. */
export async function closedLoop(
  callers: number,
  ms: number,
  call: (caller: number, turn: number) => Promise<void>,
): Promise<{ rate: number; latencies: number[] }> {
  const start = performance.now()
  const latencies: number[] = []
  const loop = async (caller: number): Promise<void> => {
    for (let turn = 0; performance.now() - start < ms; turn++) {
      const before = performance.now()
      await call(caller, turn)
      latencies.push(performance.now() - before)
    }
  }
  await Promise.all(Array.from({ length: callers }, (_, caller) => loop(caller)))
  return { rate: (latencies.length * 1000) / (performance.now() - start), latencies }
}

export function machine(): string {
  return `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

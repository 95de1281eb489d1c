import { setTimeout as sleep } from 'node:timers/promises'
import { MessageChannel, Worker } from 'node:worker_threads'
import type { Clients } from './neighbour-client.ts'
import { percentile, say } from './rounds.ts'

/** Of the quiet tenant, a second; the loud one asks a hundred times as often. */
const QUIET = 200
const TIMES = 100
/** Alone and beside take turns so often that whatever else the machine does falls on both; what is asked just after a change counts for neither. */
const WINDOW_MS = 300
const CHANGE_MS = 50
const WARM_UP_MS = 3000

type Ask = (key: number, tenant: string) => Promise<unknown>

const companies = ['alone', 'beside'] as const

/** What one way was asked by the quiet tenant in one kind of window: milliseconds from question to answer, within this thread and by the client's own watch. */
interface Window {
  readonly inside: number[]
  readonly outside: number[]
}

interface Way {
  readonly name: string
  /** Of their own for each: one who was never alone may treat its tenants otherwise. */
  readonly ask: Readonly<Record<(typeof companies)[number], Ask>>
  readonly alone: Window
  readonly beside: Window
}

interface Answered {
  readonly port: { postMessage(id: number): void }
  readonly id: number
  readonly key: number
}

/** A tenant's clients on a thread of their own, who hand each question to `answer`. Ends with how long each took, by its number. */
function clients(of: Clients, answer: (question: Answered) => Promise<void>) {
  const { port1: port, port2: theirs } = new MessageChannel()
  const worker = new Worker(new URL('neighbour-client.ts', import.meta.url), {
    workerData: { ...of, port: theirs },
    transferList: [theirs],
  })
  const ended = new Promise<readonly number[]>((resolve, reject) => {
    worker.on('error', reject)
    port.on('message', (told: { readonly id: number; readonly key: number } | { readonly took: readonly number[] }) => {
      if ('id' in told) return void answer({ port, ...told }).catch(reject)
      port.close()
      resolve(told.took)
    })
  })
  return { ended, ask: (on: boolean) => port.postMessage(on), end: () => port.postMessage('end') }
}

function toldOf({ alone, beside }: Way, place: keyof Window): string {
  const [quiet, loud] = [percentile(alone[place], 0.99), percentile(beside[place], 0.99)]
  return `${quiet.toFixed(2)} ms alone, ${loud.toFixed(2)} beside (x ${(loud / quiet).toFixed(2)})`
}

/**
 * p99 of a tenant alone and beside another who asks a hundred times as often, in windows that take turns. Of several ways to answer each has
 * its windows: beside one that has no source at all, the difference is the source's, and the rest the messages' between threads.
 */
export async function neighbours(
  name: string,
  open: Readonly<Record<string, () => Ask>>,
  of: { readonly windows: number; readonly keys: number },
): Promise<void> {
  const ways = Object.entries(open).map(([way, opened]): Way => ({
    name: way,
    ask: { alone: opened(), beside: opened() },
    alone: { inside: [], outside: [] },
    beside: { inside: [], outside: [] },
  }))
  let now = { way: ways[0]!, company: companies[1] as (typeof companies)[number], since: Infinity }
  const windowOf = new Map<number, Window>()
  const quiet = clients({ keys: of.keys, rate: QUIET, seed: 1 }, async ({ port, id, key }) => {
    const { way, company, since } = now
    const start = performance.now()
    await way.ask[company](key, 'b')
    if (start - since > CHANGE_MS) {
      way[company].inside.push(performance.now() - start)
      windowOf.set(id, way[company])
    }
    port.postMessage(id)
  })
  const loud = clients({ keys: of.keys, rate: QUIET * TIMES, seed: 1000 }, async ({ port, id, key }) => {
    await now.way.ask.beside(key, 'a')
    port.postMessage(id)
  })
  quiet.ask(true)
  loud.ask(true)
  for (const way of ways) {
    now = { ...now, way }
    await sleep(WARM_UP_MS)
  }
  for (let window = 0; window < of.windows; window++)
    for (const way of ways)
      for (const company of companies) {
        loud.ask(company === 'beside')
        now = { way, company, since: performance.now() }
        await sleep(WINDOW_MS)
      }
  loud.end()
  quiet.end()
  const noise = (await loud.ended).length / ((ways.length * (WARM_UP_MS + of.windows * WINDOW_MS)) / 1000)
  const took = await quiet.ended
  for (const [id, { outside }] of windowOf) outside.push(took[id]!)
  say(`  ${name} (the loud one was answered ${noise.toFixed(0)} times a second)`)
  for (const way of ways)
    say(
      `    ${way.name}, ${way.alone.inside.length} and ${way.beside.inside.length} questions: by the clients' watch ${toldOf(way, 'outside')}; within the thread ${toldOf(way, 'inside')}`,
    )
}

import { setTimeout as sleep } from 'node:timers/promises'
import { MessageChannel, Worker } from 'node:worker_threads'
import type { Clients } from './neighbour-client.ts'
import { median, percentile, say } from './rounds.ts'

/** Of the quiet tenant, a second; the loud one asks a hundred times as often. */
const QUIET = 200
const TIMES = 100
/** Alone, beside and alone again take turns so often that whatever else the machine does falls on all; what is asked just after a change counts for none. */
const WINDOW_MS = 300
/** So many of each make a stretch. What holds the machine up for a moment spoils the p99 of one stretch; told is the middle one. */
const STRETCH = 10
const CHANGE_MS = 50
const WARM_UP_MS = 3000

type Ask = (key: number, tenant: string) => Promise<unknown>

const companies = ['alone', 'beside', 'again'] as const
type Company = (typeof companies)[number]

/** What one way was asked by the quiet tenant in one stretch of windows: milliseconds from question to answer, within this thread and by the client's own watch. */
interface Stretch {
  readonly inside: number[]
  readonly outside: number[]
}

interface Way {
  readonly name: string
  /** Of their own for each: one who was never alone may treat its tenants otherwise. */
  readonly ask: Readonly<Record<Company, Ask>>
  readonly stretches: Readonly<Record<Company, readonly Stretch[]>>
}

function wayOf(name: string, open: () => Ask, windows: number): Way {
  const alone = open()
  const stretches = (): Stretch[] => Array.from({ length: Math.ceil(windows / STRETCH) }, () => ({ inside: [], outside: [] }))
  return {
    name,
    ask: { alone, beside: open(), again: alone },
    stretches: { alone: stretches(), beside: stretches(), again: stretches() },
  }
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

function toldOf({ stretches }: Way, place: keyof Stretch): string {
  const middle = (company: Company) => median(stretches[company].map((stretch) => percentile(stretch[place], 0.99)))
  const whole = (company: Company) =>
    percentile(
      stretches[company].flatMap((stretch) => stretch[place]),
      0.99,
    )
  const [alone, beside] = [middle('alone'), middle('beside')]
  const times = (beside / alone).toFixed(2)
  const chance = (middle('again') / alone).toFixed(2)
  return (
    `${alone.toFixed(2)} ms alone, ${beside.toFixed(2)} beside (x ${times}; alone again x ${chance}; ` +
    `without stretches x ${(whole('beside') / whole('alone')).toFixed(2)} and x ${(whole('again') / whole('alone')).toFixed(2)})`
  )
}

/** In one order and back, so that none always follows the same. */
function orderOf(window: number): readonly Company[] {
  return window % 2 === 0 ? companies : companies.toReversed()
}

/**
 * p99 of a tenant alone and beside another who asks a hundred times as often, in windows that take turns, and alone once more: what that differs
 * by is chance. Of several ways to answer each has its windows: beside one that has no source at all, the difference is the source's, and the
 * rest the messages' between threads.
 */
export async function neighbours(
  name: string,
  open: Readonly<Record<string, () => Ask>>,
  of: { readonly windows: number; readonly keys: number },
): Promise<void> {
  const ways = Object.entries(open).map(([way, opened]) => wayOf(way, opened, of.windows))
  let now = { way: ways[0]!, company: 'beside' as Company, stretch: 0, since: Infinity }
  const stretchOf = new Map<number, Stretch>()
  const quiet = clients({ keys: of.keys, rate: QUIET, seed: 1 }, async ({ port, id, key }) => {
    const { way, company, stretch: place, since } = now
    const stretch = way.stretches[company][place]!
    const start = performance.now()
    await way.ask[company](key, 'b')
    if (start - since > CHANGE_MS) {
      stretch.inside.push(performance.now() - start)
      stretchOf.set(id, stretch)
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
      for (const company of orderOf(window)) {
        loud.ask(company === 'beside')
        now = { way, company, stretch: Math.floor(window / STRETCH), since: performance.now() }
        await sleep(WINDOW_MS)
      }
  loud.end()
  quiet.end()
  const noise = (await loud.ended).length / ((ways.length * (WARM_UP_MS + of.windows * WINDOW_MS)) / 1000)
  const took = await quiet.ended
  for (const [id, { outside }] of stretchOf) outside.push(took[id]!)
  say(`  ${name} (the loud one was answered ${noise.toFixed(0)} times a second)`)
  for (const way of ways) {
    say(`    ${way.name}: by the clients' watch ${toldOf(way, 'outside')}`)
    say(`      within the thread ${toldOf(way, 'inside')}`)
  }
}

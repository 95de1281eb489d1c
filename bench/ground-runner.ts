// One contestant on DataLoader's own ground, in a process of its own, for code compiled for one is slower for having seen another.
// Prints nanoseconds of this thread's processor time a key, over millions of them once it is warm, for Linux tells that time in steps of
// 4 ms: node bench/ground-runner.ts <who> <shape> <keys>
import { setImmediate as turn } from 'node:timers/promises'
import DataLoader from 'dataloader'
import { source } from '#kernel/fanin'

const WARM_UP_KEYS = 2_000_000
const KEYS = 3_000_000
const KEYS_A_TURN = 1000 // of the event loop, without which nothing that waits for its end would ever be let go

const [, , who = '', shape = '', sizeText = ''] = process.argv
const size = Number(sizeText)
const load = async (keys: readonly number[]): Promise<number[]> => keys.slice()
const options = { load, maxBatch: 10_000 }
const everybodys = source<number, number>(options)
const tenants = Array.from({ length: 100 }, (_, i) => JSON.parse(`"tenant ${i}"`) as string)
let requests = 0

interface Way {
  readonly one: (key: number) => Promise<unknown>
  readonly list: (keys: readonly number[]) => Promise<unknown>
}

function callerOf(context: { readonly tenant?: string; readonly credential?: unknown }, from = everybodys): Way {
  return { one: (key) => from.get(key, context), list: (keys) => from.many(keys, context) }
}

/** What a request opens for itself. */
const opened: Record<string, () => Way> = {
  DataLoader: () => {
    const loader = new DataLoader(load)
    return { one: (key) => loader.load(key), list: (keys) => loader.loadMany(keys) }
  },
  tenant: () => callerOf({ tenant: tenants[requests % tenants.length]! }),
  credential: () => callerOf({ tenant: tenants[requests % tenants.length]!, credential: {} }),
  source: () => callerOf({}, source<number, number>(options)),
}

const open = opened[who]!
const run = async (keys: number): Promise<void> => {
  for (let done = 0; done < keys; done += size) {
    requests++
    const { one, list } = open()
    const asked: Promise<unknown>[] = []
    if (shape === 'list') asked.push(list(Array.from({ length: size }, (_, key) => key)))
    else for (let key = 0; key < size; key++) asked.push(one(shape === 'twice' ? key >> 1 : key))
    await Promise.all(asked)
    if (done % KEYS_A_TURN === 0) await turn()
  }
}
await run(WARM_UP_KEYS)
const before = process.threadCpuUsage()
await run(KEYS)
const { user, system } = process.threadCpuUsage(before)
process.stdout.write(`${((user + system) * 1000) / KEYS}\n`)

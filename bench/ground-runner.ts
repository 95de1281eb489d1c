// One contestant on DataLoader's own ground, in a process of its own, for code compiled for one is slower for having seen another.
// Prints nanoseconds of this thread's processor time a key, the median of its rounds: node bench/ground-runner.ts <who> <shape> <keys>
import DataLoader from 'dataloader'
import { source } from '#kernel/fanin'
import { median } from './rounds.ts'

const KEYS_A_ROUND = 100_000
const ROUNDS = 13

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
const times: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  const before = process.threadCpuUsage()
  for (let done = 0; done < KEYS_A_ROUND; done += size) {
    requests++
    const { one, list } = open()
    const asked: Promise<unknown>[] = []
    if (shape === 'list') asked.push(list(Array.from({ length: size }, (_, key) => key)))
    else for (let key = 0; key < size; key++) asked.push(one(shape === 'twice' ? key >> 1 : key))
    await Promise.all(asked)
  }
  const { user, system } = process.threadCpuUsage(before)
  if (round > 2) times.push(((user + system) * 1000) / KEYS_A_ROUND)
}
process.stdout.write(`${median(times)}\n`)

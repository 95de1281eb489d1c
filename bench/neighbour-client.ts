// Clients of one tenant, on a thread of their own: they ask when their time has come, whether or not they were answered before, each
// question a message of its own as from a connection of its own; and they take the time from question to answer themselves.
import { parentPort, workerData } from 'node:worker_threads'

export interface Clients {
  /** Questions a second on average, at random times (a Poisson process). */
  readonly rate: number
  readonly ms: number
  readonly keys: number
  readonly seed: number
}

const { rate, ms, keys, seed } = workerData as Clients
const port = parentPort!
let state = seed
/** From 0 to 1, the same in every run. */
const chance = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return (state + 0.5) / 2 ** 32
}
const start = performance.now()
const asked = new Map<number, number>()
const took: number[] = []
let serial = 0
let next = 0

port.on('message', (id: number) => {
  took.push(performance.now() - asked.get(id)!)
  asked.delete(id)
  if (next >= ms && asked.size === 0) finish()
})

function finish(): void {
  port.postMessage({ took })
  port.close()
}

function ask(): void {
  const now = performance.now() - start
  for (; next < Math.min(now, ms); next -= (1000 / rate) * Math.log(chance())) {
    asked.set(serial, performance.now())
    port.postMessage({ id: serial, key: Math.floor(chance() * keys) })
    serial++
  }
  if (next < ms) setTimeout(ask, Math.max(0, next - now))
  else if (asked.size === 0) finish()
}
ask()

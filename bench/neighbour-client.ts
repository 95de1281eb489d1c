// Clients of one tenant, on a thread of their own: they ask when their time has come, whether or not they were answered before, each
// question a message of its own as from a connection of its own; and they take the time from question to answer themselves.
import { type MessagePort, workerData } from 'node:worker_threads'

export interface Clients {
  /** Questions a second on average, at random times (a Poisson process). */
  readonly rate: number
  readonly ms: number
  readonly keys: number
  readonly seed: number
}

const { rate, ms, keys, seed, port } = workerData as Clients & { readonly port: MessagePort }
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

// A timer ticks in whole milliseconds, in which thousands a second would come as a crowd: who asks often sleeps by a finer clock.
const often = rate > 1000
const bell = new Int32Array(new SharedArrayBuffer(4))

function ask(): void {
  const now = performance.now() - start
  for (; next < Math.min(now, ms); next -= (1000 / rate) * Math.log(chance())) {
    asked.set(serial, performance.now())
    port.postMessage({ id: serial, key: Math.floor(chance() * keys) })
    serial++
  }
  if (next >= ms) {
    if (asked.size === 0) finish()
  } else if (often) {
    Atomics.wait(bell, 0, 0, Math.max(0.1, next - now))
    setImmediate(ask)
  } else setTimeout(ask, Math.max(0, next - now))
}
ask()

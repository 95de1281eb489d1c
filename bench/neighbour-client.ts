// Clients of one tenant, on a thread of their own: they ask when their time has come, whether or not they were answered before, each
// question a message of its own as from a connection of its own; and they take the time from question to answer themselves.
import { type MessagePort, workerData } from 'node:worker_threads'

export interface Clients {
  /** Questions a second on average, at random times (a Poisson process). */
  readonly rate: number
  readonly keys: number
  readonly seed: number
}

const { rate, keys, seed, port } = workerData as Clients & { readonly port: MessagePort }
let state = seed
/** From 0 to 1, the same in every run. */
const chance = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return (state + 0.5) / 2 ** 32
}
const gap = (): number => -(1000 / rate) * Math.log(chance())
const asked = new Map<number, number>()
/** Milliseconds, by the question's number. */
const took: number[] = []
let serial = 0
let asking = false
let ending = false
/** When the next question is due. */
let next = 0

port.on('message', (told: number | boolean | 'end') => {
  if (typeof told === 'number') {
    took[told] = performance.now() - asked.get(told)!
    asked.delete(told)
  } else if (told === 'end') {
    asking = false
    ending = true
  } else if (told !== asking) {
    asking = told
    next = performance.now() + gap()
    if (asking) ask()
  }
  if (ending && asked.size === 0) finish()
})

function finish(): void {
  port.postMessage({ took })
  port.close()
}

// A timer ticks in whole milliseconds, in which thousands a second would come as a crowd: who asks often sleeps by a finer clock.
const often = rate > 1000
const bell = new Int32Array(new SharedArrayBuffer(4))

function ask(): void {
  if (!asking) return
  const now = performance.now()
  for (; next < now; next += gap()) {
    asked.set(serial, performance.now())
    port.postMessage({ id: serial, key: Math.floor(chance() * keys) })
    serial++
  }
  if (often) {
    Atomics.wait(bell, 0, 0, Math.max(0.1, next - now))
    setImmediate(ask)
  } else setTimeout(ask, Math.max(0, next - now))
}

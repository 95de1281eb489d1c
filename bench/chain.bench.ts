// What tamper evidence costs: single transfers with account chains, salted digests and the sealer, against the same with none of them (switched off in a
// process of this bench alone; production has no such switch).
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { machine, median, say } from './rounds.ts'

const rounds = 7
const roundMs = 2_000
const shareLeast = 0.8

interface Told {
  readonly rate: number
  /** Microseconds of Node's processor time a transfer. */
  readonly cpu: number
}

async function runner(kind: 'on' | 'off'): Promise<ChildProcess> {
  const child = fork(path.join(import.meta.dirname, 'chain-runner.ts'), [kind], { stdio: 'inherit' })
  child.on('exit', (code) => code && process.exit(code))
  await once(child, 'message')
  return child
}

async function ask(child: ChildProcess, ms: number): Promise<Told> {
  child.send(ms)
  const [told] = (await once(child, 'message')) as [Told]
  return told
}

const [on, off] = [await runner('on'), await runner('off')]
for (const child of [on, off]) await ask(child, 1_500)
const told = { on: [] as Told[], off: [] as Told[] }
for (let round = 0; round < rounds; round++) {
  told.on.push(await ask(on, roundMs))
  told.off.push(await ask(off, roundMs))
}
const of = (all: readonly Told[], what: (one: Told) => number): number => median(all.map(what))
const share = median(told.on.map(({ rate }, at) => rate / (told.off[at]?.rate ?? 1)))
say(machine())
say(`single transfers from 200 callers; medians of ${rounds} alternating rounds of ${roundMs} ms`)
for (const kind of ['on', 'off'] as const) {
  const [rate, cpu] = [of(told[kind], (one) => one.rate), of(told[kind], (one) => one.cpu)]
  say(`${kind.padEnd(4)} ${rate.toFixed(0).padStart(6)}/s   ${cpu.toFixed(0)} µs of Node's processor time each`)
}
say(`with chain, digests and seal: ${share.toFixed(2)} of without (target ${shareLeast})`)
for (const child of [on, off]) {
  child.disconnect()
  await once(child, 'exit')
}

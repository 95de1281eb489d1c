import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const root = path.join(import.meta.dirname, '..', '..')
// The demo is made by real operations over six months: a minute on a quiet machine.
const readyWithin_ms = 240_000
const stopWithin_ms = 20_000
const poll_ms = 200

export interface RunningServer {
  readonly base: string
  stop(): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}

async function isReady(base: string): Promise<boolean> {
  return await fetch(`${base}/health/ready`).then(
    (answer) => answer.ok,
    () => false,
  )
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  await new Promise<void>((done) => {
    child.once('exit', () => done())
  })
}

/** A server as `npm start` starts it, with the demo, on a port and folder of its own. Or the one that HOLDFAST_URL names. */
export async function startServer(): Promise<RunningServer> {
  const given = process.env['HOLDFAST_URL']
  if (given) return { base: given, stop: () => Promise.resolve() }
  const port = await freePort()
  const data = await mkdtemp(path.join(tmpdir(), 'hf-console-'))
  const base = `http://127.0.0.1:${port}`
  const env = { ...process.env, PORT: String(port), HOLDFAST_DATA: data }
  const child = spawn(process.execPath, [path.join(root, 'bin', 'run.cjs'), 'start'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-4_000)))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await Promise.race([ended(child), sleep(stopWithin_ms, undefined, { ref: false })])
    await rm(data, { recursive: true, force: true })
  }
  const deadline = performance.now() + readyWithin_ms
  while (!(await isReady(base))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await stop()
      throw new Error(`the server did not become ready:\n${said}`)
    }
    await sleep(poll_ms)
  }
  return { base, stop }
}

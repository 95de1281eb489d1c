import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

/** A server started as an operator starts it, in a process of its own. */
export interface ServerProcess {
  readonly url: string
  readonly child: ChildProcess
  /** What it printed so far. */
  readonly said: () => string
}

const readyMs = 60_000

/** Starts bin/start.ts on a data folder and a free port, and waits until it says that it is ready. */
export async function startServer(
  data: string,
  options: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, '..', 'bin', 'start.ts'), ...options], {
    env: { ...process.env, HOLDFAST_DATA: data, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const ready = Promise.withResolvers<void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('Ready.')) ready.resolve()
    })
  }
  child.on('exit', (code) => ready.reject(new Error(`the server ended with ${code} before it was ready:\n${said}`)))
  const timer = setTimeout(() => ready.reject(new Error(`the server was not ready in ${readyMs} ms:\n${said}`)), readyMs)
  try {
    await ready.promise
  } catch (error) {
    // Left alive it would keep the run of the tests from ending.
    child.kill('SIGTERM')
    throw error
  } finally {
    clearTimeout(timer)
  }
  const url = /Console\s+(http\S+)/.exec(said)?.[1]
  if (url === undefined) throw new Error(`the server did not tell its address:\n${said}`)
  return { url, child, said: () => said }
}

/** Ends a server: in order, or as a power cut would. */
export async function endServer({ child }: ServerProcess, signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode
  const exited = once(child, 'exit')
  child.kill(signal)
  const [code] = (await exited) as [number | null]
  return code
}

import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { endServer, startServer } from '#test/server-process'

export interface RunningConsole {
  readonly base: string
  /** The one-time link that makes the first administrator. */
  readonly invitation: string
  /** Its data folder, with the embedded PostgreSQL in it. */
  readonly data: string
  stop(): Promise<void>
}

/** An empty sandbox on a port and folder of its own. */
export async function startConsole(): Promise<RunningConsole> {
  const data = await mkdtemp(path.join(tmpdir(), 'hf-console-'))
  // PostgreSQL runs as another user when we are root, who has to reach what lies inside.
  await chmod(data, 0o755)
  const running = await startServer(data, ['--empty'], { HOLDFAST_SANDBOX: '1' })
  const invitation = /\S+\/set-up\?token=\S+/.exec(running.said())?.[0]
  const stop = async (): Promise<void> => {
    await endServer(running)
    await rm(data, { recursive: true, force: true })
  }
  if (invitation === undefined) {
    await stop()
    throw new Error(`the server invited nobody:\n${running.said()}`)
  }
  return { base: running.url, invitation, data, stop }
}

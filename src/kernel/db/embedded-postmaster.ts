import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf } from './outage.ts'
import type { Account } from './embedded-account.ts'

export interface Postmaster {
  readonly pid: number
  readonly ready: boolean
  readonly socketFolder: string
}

const startWait_ms = 60_000
const stopWait_ms = 30_000
const poll_ms = 10

/** What postmaster.pid says (PostgreSQL's own record, eight lines), or undefined if there is none. */
export async function recordedPostmaster(place: string): Promise<Postmaster | undefined> {
  const text = await readFile(path.join(place, 'postmaster.pid'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const lines = text.split('\n')
  const pid = Number(lines[0])
  return Number.isInteger(pid) && pid > 0 ? { pid, ready: lines[7]?.trim() === 'ready', socketFolder: lines[4] ?? '' } : undefined
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

export interface StartOptions {
  readonly postgres: string
  readonly place: string
  readonly account: Account
  readonly flags: readonly string[]
  readonly log: string
}

/** Starts PostgreSQL in a session of its own (Ctrl-C reaches us, and we end it in order) and waits until it is ready. */
export async function startPostmaster(options: StartOptions): Promise<number> {
  const ids = options.account.uid === undefined ? {} : { uid: options.account.uid, gid: options.account.gid }
  const log = openSync(options.log, 'a')
  const child = spawn(options.postgres, ['-D', options.place, ...options.flags], {
    ...ids,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: { LC_ALL: 'C', PATH: process.env['PATH'] ?? '' },
  })
  closeSync(log)
  let ended: string | undefined
  child.on('error', (error) => (ended = error.message))
  child.on('exit', (code, signal) => (ended ??= `it ended with ${signal ?? code}`))
  child.unref()
  const deadline = performance.now() + startWait_ms
  while (performance.now() < deadline) {
    const recorded = await recordedPostmaster(options.place)
    if (recorded?.ready === true && recorded.pid === child.pid) return recorded.pid
    if (ended !== undefined) throw new Error(`PostgreSQL did not start, ${ended}: ${await tail(options.log)}`)
    await sleep(poll_ms)
  }
  throw new Error(`PostgreSQL was not ready after ${startWait_ms} ms; its log is ${options.log}`)
}

/** Ends it in order (fast: sessions are ended, everything is written) and waits. */
export async function stopPostmaster(pid: number): Promise<void> {
  if (!isAlive(pid)) return
  process.kill(pid, 'SIGINT')
  const deadline = performance.now() + stopWait_ms
  while (isAlive(pid)) {
    if (performance.now() > deadline) throw new Error(`PostgreSQL (process ${pid}) did not end within ${stopWait_ms} ms`)
    await sleep(poll_ms)
  }
}

const tailLines = 4

async function tail(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.trim().split('\n').slice(-tailLines).join(' | ')
}

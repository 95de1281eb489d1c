import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readdir, readFile, readlink, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CannotStart, codeOf, folderTrouble } from '#kernel/db'
import { isAlive, isZombie } from './alive.ts'
import { as } from './cluster.ts'
import type { Place } from './place.ts'
import { port } from './place.ts'
import { logFile_bytes, spareFiles } from './spare-log.ts'

const startWait_ms = 60_000
// The checkpoint that ends it may have to write back gigabytes on a slow disk (43 s seen for 23,000 files on a busy one).
const stopWait_ms = 90_000
const orphanWait_ms = 10_000
const poll_ms = 10
const logTailLines = 4

interface Recorded {
  readonly pid: number
  readonly ready: boolean
}

/** What postmaster.pid says (PostgreSQL's own record: pid, folder, time, port, socket, address, memory, state), or undefined. */
async function recorded(cluster: string): Promise<Recorded | undefined> {
  const text = await readFile(path.join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = text.split('\n')
  const pid = Number(lines[0])
  return Number.isInteger(pid) && pid > 0 ? { pid, ready: lines[7]?.trim() === 'ready' } : undefined
}

/** Whether a process works in this cluster's folder, as every process of its PostgreSQL does. Undefined where the system doesn't tell. */
async function worksIn(pid: number | string, cluster: string): Promise<boolean | undefined> {
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === cluster
  } catch (error) {
    if (process.platform !== 'linux') return undefined
    return codeOf(error) === 'EACCES' ? undefined : false
  }
}

/** The process of a PostgreSQL that runs on this cluster already: one that outlived the server which started it. */
export async function runningPostmaster({ cluster, socketFolder }: Place): Promise<number | undefined> {
  const found = await recorded(cluster)
  if (found === undefined) return undefined
  if (!isAlive(found.pid)) {
    // PostgreSQL takes an uncollected process for a running one and would refuse to start for it.
    if (isZombie(found.pid)) await forget(cluster, socketFolder)
    return undefined
  }
  if ((await worksIn(found.pid, cluster)) !== false) return found.pid
  // The number was given to another process since (usual in containers). PostgreSQL itself would refuse to start for it.
  await forget(cluster, socketFolder)
  return undefined
}

/**
 * Removes the records of a PostgreSQL that is gone, once none of its processes works any more. Of a folder that was copied or moved the record
 * names the socket of the place it was copied from, where another may be running: that one is left alone.
 */
async function forget(cluster: string, socketFolder: string): Promise<void> {
  await refuseOrphans(cluster)
  // Its socket's lock names the same process, and is judged in the same way.
  await rm(path.join(socketFolder, `.s.PGSQL.${port}.lock`), { force: true })
  await rm(path.join(cluster, 'postmaster.pid'), { force: true })
}

/** Backends whose postmaster was killed end by themselves; until then nothing may start on their cluster. */
async function refuseOrphans(cluster: string): Promise<void> {
  const deadline = performance.now() + orphanWait_ms
  for (;;) {
    const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
    const working = await Promise.all(processes.map(async (pid) => ((await worksIn(pid, cluster)) === true ? pid : undefined)))
    const left = working.filter((pid) => pid !== undefined)
    if (left.length === 0) return
    if (performance.now() > deadline)
      throw new CannotStart(`Processes of an earlier PostgreSQL still work in ${cluster}: ${left.join(', ')}. End them and start again.`)
    await sleep(poll_ms * 10)
  }
}

/**
 * The settings of an embedded server. Shared memory holds the hot part of a mid-sized book; fsync stays on, always. Files of the log
 * are kept for use again, for a commit that needs a new one waits while it is made (decision 0021).
 */
export function flags(place: Place): string[] {
  return [
    'listen_addresses=',
    `unix_socket_directories=${place.socketFolder}`,
    'unix_socket_permissions=0700',
    `port=${port}`,
    'max_connections=400',
    'shared_buffers=256MB',
    'max_wal_size=2GB',
    `min_wal_size=${(spareFiles * logFile_bytes) / 1024 / 1024}MB`,
    'random_page_cost=1.1',
    'backend_flush_after=512kB',
    'max_slot_wal_keep_size=4GB',
    'timezone=UTC',
    'log_timezone=UTC',
    'log_line_prefix=%m [%p] %q%u@%d ',
    'fsync=on',
    'synchronous_commit=on',
  ].flatMap((setting) => ['-c', setting])
}

/** Whether the PostgreSQL that runs was started by the same program with the same settings. */
export async function runsWith(place: Place): Promise<boolean> {
  const words = ['-D', place.cluster, ...flags(place)].map((word) => ` "${word}"`).join('')
  const opts = await readFile(path.join(place.cluster, 'postmaster.opts'), 'utf8').catch(() => '')
  return opts.trimEnd() === place.binaries.postgres + words
}

/** Starts PostgreSQL in a session of its own (Ctrl-C reaches us, and we end it in order) and waits until it is ready. */
export async function startPostmaster(place: Place): Promise<number> {
  const deadline = performance.now() + orphanWait_ms
  for (;;) {
    try {
      return await startOnce(place)
    } catch (error) {
      const waitForOrphans = error instanceof Error && error.message.includes('shared memory block') && performance.now() < deadline
      if (!waitForOrphans) throw folderTrouble(place.folder, error)
    }
    await sleep(poll_ms * 20)
  }
}

async function startOnce(place: Place): Promise<number> {
  const log = openSync(place.log, 'a')
  const child = spawn(place.binaries.postgres, ['-D', place.cluster, ...flags(place)], {
    ...as(place.account),
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: { LC_ALL: 'C', PATH: process.env['PATH'] ?? '' },
  })
  closeSync(log)
  const end: { why?: string; by?: string } = {}
  child.on('error', (error) => (end.why = error.message))
  child.on('exit', (code, signal) => {
    end.why ??= `it ended with ${code}`
    if (signal !== null) end.by = signal
  })
  child.unref()
  const deadline = performance.now() + startWait_ms
  while (end.why === undefined) {
    const found = await recorded(place.cluster)
    if (found?.ready === true && found.pid === child.pid) return found.pid
    if (performance.now() > deadline) break
    await sleep(poll_ms)
  }
  // Its log then ends in a hint that speaks of lost data, for whoever killed it killed its recovery too.
  if (end.by !== undefined)
    throw new CannotStart(`PostgreSQL was ended by ${end.by} while it started. Start again: nothing is lost by it. Its log is ${place.log}`)
  const log_tail = (await readFile(place.log, 'utf8').catch(() => '')).trim().split('\n').slice(-logTailLines).join('\n')
  throw new CannotStart(
    `PostgreSQL did not start (${end.why ?? `not ready after ${startWait_ms} ms`}). Its log is ${place.log} and ends:\n${log_tail}`,
  )
}

/** Waits for a PostgreSQL that is starting or recovering. */
export async function untilReady(cluster: string, pid: number): Promise<void> {
  const deadline = performance.now() + startWait_ms
  for (;;) {
    const found = await recorded(cluster)
    if (found?.pid === pid && found.ready) return
    if (!isAlive(pid) || performance.now() > deadline)
      throw new CannotStart(`The PostgreSQL found running (process ${pid}) did not become ready. Start again.`)
    await sleep(poll_ms)
  }
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

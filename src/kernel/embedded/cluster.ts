import { spawn } from 'node:child_process'
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import path from 'node:path'
import { folderTrouble, ownerRole, serverRole } from '#kernel/db'
import type { Account } from './account.ts'
import type { Place } from './place.ts'

/** The superuser of an embedded cluster: makes roles and databases, nothing else. */
export const adminRole = 'postgres'

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined
}

/** What to give to spawn so that a program runs as the account. */
export function as(user: Account): { uid?: number; gid?: number } {
  return user.uid === undefined || user.gid === undefined ? {} : { uid: user.uid, gid: user.gid }
}

/**
 * Makes the cluster if there is none: beside its place and then moved there, so that a start that was cut short, or two at once, leave
 * either a whole cluster or none. Byte order for text (the same on every machine), UTF-8, checksums on every page.
 */
export async function makeCluster(place: Place): Promise<void> {
  const { cluster, account } = place
  if (await exists(path.join(cluster, 'PG_VERSION'))) return
  const draft = `${cluster}.making-${process.pid}`
  await rm(draft, { recursive: true, force: true })
  try {
    await mkdir(draft, { mode: 0o700 })
    await give(draft, account)
    await initdb(place, draft)
    await rename(draft, cluster).catch(async (error: NodeJS.ErrnoException) => {
      if (!(await exists(path.join(cluster, 'PG_VERSION')))) throw error
    })
  } catch (error) {
    throw folderTrouble(place.folder, error)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function give(file: string, user: Account): Promise<void> {
  if (user.uid !== undefined && user.gid !== undefined) await chown(file, user.uid, user.gid)
}

async function initdb(place: Place, draft: string): Promise<void> {
  const args = ['-D', draft, '-U', adminRole, '--locale=C', '--encoding=UTF8', '--data-checksums', '--auth=peer']
  const child = spawn(place.binaries.initdb, args, {
    ...as(place.account),
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { LC_ALL: 'C', PATH: process.env['PATH'] ?? '' },
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0) throw new Error(`initdb ended with ${code}: ${said.trim()}`)
}

/**
 * Who may sign in: through the socket only, and by the operating system's word (peer), so that there is no password to keep. Our own
 * user and the one PostgreSQL runs under may act as the three roles; nobody else on the machine may sign in at all.
 */
export async function writeAccess(place: Place): Promise<void> {
  const users = new Set([userInfo().username, place.account.name])
  const map = [...users].flatMap((user) => [adminRole, ownerRole, serverRole].map((role) => `holdfast "${user}" ${role}\n`)).join('')
  for (const [file, text] of [
    ['pg_ident.conf', map],
    ['pg_hba.conf', 'local all all peer map=holdfast\n'],
  ] as const) {
    const name = path.join(place.cluster, file)
    if ((await readFile(name, 'utf8')) === text) continue
    await writeFile(name, text, { mode: 0o600 })
    await give(name, place.account)
  }
}

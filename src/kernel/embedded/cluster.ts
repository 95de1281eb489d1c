import { spawn } from 'node:child_process'
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { CannotStart, folderTrouble, ownerRole, serverRole } from '#kernel/db'
import type { Account } from './account.ts'
import { userName } from './account.ts'
import { isAlive } from './alive.ts'
import { binariesIn } from './binaries.ts'
import type { Place } from './place.ts'

/** The superuser of an embedded cluster: makes roles and databases, nothing else. */
export const adminRole = 'postgres'

const draftMark = '.making-'

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
  const draft = `${cluster}${draftMark}${process.pid}`
  await clearDrafts(cluster)
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

/** Drafts of starts that were killed meanwhile, of 40 MB each; and one of our own number. Another start's own, at the same time, is left alone. */
async function clearDrafts(cluster: string): Promise<void> {
  const folder = path.dirname(cluster)
  const begin = `${path.basename(cluster)}${draftMark}`
  for (const name of await readdir(folder)) {
    const pid = name.startsWith(begin) ? Number(name.slice(begin.length)) : Number.NaN
    if (pid === process.pid || (pid > 0 && !isAlive(pid))) await rm(path.join(folder, name), { recursive: true, force: true })
  }
}

async function give(file: string, user: Account): Promise<void> {
  if (user.uid !== undefined && user.gid !== undefined) await chown(file, user.uid, user.gid)
}

/** initdb calls its neighbours through a shell, within quotes in which these still mean something: then it runs from a copy. */
const readByShells = /["$`\\]/

async function initdb(place: Place, draft: string): Promise<void> {
  const { folder, version } = place.binaries
  if (!readByShells.test(folder)) return await runInitdb(place.binaries.initdb, place, draft)
  const copy = await mkdtemp('/tmp/holdfast-initdb-')
  try {
    await chmod(copy, 0o755)
    await cp(folder, copy, { recursive: true, verbatimSymlinks: true })
    await runInitdb(binariesIn(copy, version).initdb, place, draft)
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

async function runInitdb(program: string, { account }: Place, draft: string): Promise<void> {
  const args = ['-D', draft, '-U', adminRole, '--locale=C', '--encoding=UTF8', '--data-checksums', '--auth=peer']
  const child = spawn(program, args, {
    ...as(account),
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { LC_ALL: 'C', PATH: process.env['PATH'] ?? '' },
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise<number | string | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exit, signal) => resolve(exit ?? signal))
  })
  if (code === 0) return
  const error = new Error(said)
  const trouble = folderTrouble(path.dirname(draft), error)
  if (trouble !== error) throw trouble
  throw new CannotStart(
    `PostgreSQL's files could not be made: initdb ended with ${code}. It said:\n${said.trim()}\n` +
      'Put that right and start again, or set DATABASE_URL to a server of your own.',
  )
}

/**
 * Who may sign in: through the socket only, and by the operating system's word (peer), so that there is no password to keep. Our own
 * user and the one PostgreSQL runs under may act as the three roles; nobody else on the machine may sign in at all.
 */
export async function writeAccess(place: Place): Promise<void> {
  const users = new Set([userName(), place.account.name])
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

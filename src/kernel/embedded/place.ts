import { createHash } from 'node:crypto'
import { access, chown, constants, cp, lstat, mkdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { CannotStart, codeOf, folderTrouble, makeFolder } from '#kernel/db'
import type { Account } from './account.ts'
import { account, closedFolder } from './account.ts'
import type { Binaries } from './binaries.ts'
import { binaries, binariesIn } from './binaries.ts'

/** Where everything of an embedded PostgreSQL lies, checked and made before anything is started. */
export interface Place {
  readonly folder: string
  /** PostgreSQL's own data directory. */
  readonly cluster: string
  readonly socketFolder: string
  readonly log: string
  readonly account: Account
  readonly binaries: Binaries
}

const major = '18'
export const port = 5432
// sun_path in Linux's <sys/un.h> holds 108 bytes with its closing zero (104 on macOS).
const socketPathMax = 103
// PostgreSQL's own limit of a path is 1024 bytes (MAXPGPATH); its files lie up to a hundred below.
const folderPathMax = 900

export async function placeIn(dataFolder: string): Promise<Place> {
  const folder = path.resolve(dataFolder)
  const cluster = path.join(folder, 'postgres')
  refuseUnusable(folder)
  try {
    await makeFolder(folder)
    const user = await account(cluster)
    await refuseClosed(folder, user)
    await refuseOtherMajor(cluster)
    const socketFolder = await makeSocketFolder(folder, user)
    return { folder, cluster, socketFolder, log: path.join(folder, 'postgres.log'), account: user, binaries: await reachable(folder, user) }
  } catch (error) {
    if (codeOf(error) === 'EACCES') await refuseUnreachable(folder)
    throw folderTrouble(folder, error)
  }
}

/** What PostgreSQL's programs take in no folder, however it is owned. */
function refuseUnusable(folder: string): void {
  const why = /[\n\r]/.test(folder)
    ? `has a line break in its name (${JSON.stringify(folder)})`
    : Buffer.byteLength(folder) > folderPathMax
      ? `has a path of ${Buffer.byteLength(folder)} bytes; PostgreSQL takes at most ${folderPathMax} bytes (${folder})`
      : undefined
  if (why !== undefined) throw new CannotStart(`The data folder ${why}. Set HOLDFAST_DATA to another.`)
}

/** "Not writable" would send somebody to the wrong folder where one above it may not be passed through. */
async function refuseUnreachable(folder: string): Promise<void> {
  for (let depth = 1, parts = folder.split(path.sep); depth < parts.length; depth++) {
    const above = parts.slice(0, depth).join(path.sep) || path.sep
    const refused = await access(above, constants.X_OK).then(
      () => false,
      (error: unknown) => codeOf(error) === 'EACCES',
    )
    if (!refused) continue
    throw new CannotStart(
      `The data folder ${folder} is out of reach: this user may not pass through ${above}. Set HOLDFAST_DATA to a folder that you own, or have it allowed.`,
    )
  }
}

async function refuseClosed(folder: string, user: Account): Promise<void> {
  const closed = await closedFolder(path.join(folder, 'postgres'), user)
  if (closed === undefined) return
  throw new CannotStart(
    `Root cannot run PostgreSQL itself, so it runs as "${user.name}", who may not pass through ${closed}. ` +
      `Set HOLDFAST_DATA to a folder elsewhere (HOLDFAST_DATA=/var/lib/holdfast), start as an ordinary user, or allow it: chmod o+x ${closed}`,
  )
}

async function refuseOtherMajor(cluster: string): Promise<void> {
  const version = (await readFile(path.join(cluster, 'PG_VERSION'), 'utf8').catch(() => major)).trim()
  if (version === major) return
  throw new CannotStart(
    `The database in ${cluster} was made by PostgreSQL ${version}; this program brings ${major}. ` +
      `Set HOLDFAST_DATA to another folder, or bring the old one over with pg_upgrade first.`,
  )
}

/** A Unix socket's path is short by law of the system, and PostgreSQL reads a comma as the end of one: such a folder gets its socket under /tmp. */
async function makeSocketFolder(folder: string, user: Account): Promise<string> {
  const inside = path.join(folder, 'run')
  const fits = Buffer.byteLength(path.join(inside, `.s.PGSQL.${port}`)) <= socketPathMax && !inside.includes(',')
  const socketFolder = fits ? inside : path.join('/tmp', `holdfast-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`)
  await mkdir(socketFolder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const found = await lstat(socketFolder)
  const ours = process.getuid?.()
  // Anybody may make a folder in /tmp first: one that isn't ours is not used.
  if (!found.isDirectory() || (found.uid !== ours && found.uid !== user.uid)) {
    throw new CannotStart(
      `${socketFolder} exists and belongs to somebody else. Remove it, or set HOLDFAST_DATA to a folder with a shorter path (without a comma).`,
    )
  }
  if (user.uid !== undefined && user.gid !== undefined) await chown(socketFolder, user.uid, user.gid)
  return socketFolder
}

/** The package's programs; copied beside the data when they lie where PostgreSQL's user may not go (a checkout in root's home). */
async function reachable(folder: string, user: Account): Promise<Binaries> {
  const found = await binaries()
  if ((await closedFolder(found.postgres, user)) === undefined) return found
  const copy = path.join(folder, 'software', found.version)
  const whole = await stat(path.join(copy, 'pg-symlinks.json')).catch(() => undefined)
  if (whole === undefined) {
    await cp(found.folder, copy, { recursive: true, verbatimSymlinks: true, filter: (source) => !source.endsWith('pg-symlinks.json') })
    // Last, as the sign that the copy is whole.
    await cp(path.join(found.folder, 'pg-symlinks.json'), path.join(copy, 'pg-symlinks.json'))
  }
  return binariesIn(copy, found.version)
}

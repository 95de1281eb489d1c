import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { CannotStart } from '#kernel/db'

/** The operating system's user under whom PostgreSQL runs. uid and gid are given only when they differ from ours. */
export interface Account {
  readonly name: string
  readonly uid?: number
  readonly gid?: number
}

const run = promisify(execFile)

/** Our name. PostgreSQL asks the system for it too and does not start without one, which a number given to a container often lacks. */
export function userName(): string {
  try {
    return userInfo().username
  } catch (error) {
    throw new CannotStart(
      `This machine knows no name for user ${process.getuid?.()}, and PostgreSQL runs under no user without one. ` +
        `Start as a user who has one (or as root), add a line for this one to /etc/passwd, or set DATABASE_URL to a server of your own.`,
      error,
    )
  }
}

/**
 * Ourselves; but PostgreSQL refuses to run as root, so root starts it as the user who owns the cluster already, else as `postgres`, or,
 * on a machine without, as `nobody`.
 */
export async function account(place: string): Promise<Account> {
  const uid = process.getuid?.()
  const username = userName()
  const owner = (await stat(place).catch(() => undefined))?.uid
  if (uid !== 0) {
    if (owner === undefined || owner === uid) return { name: username }
    throw new CannotStart(
      `The database in ${place} belongs to another user (${owner}). Start as that user (or as root, if root made it), or set HOLDFAST_DATA to another folder.`,
    )
  }
  for (const user of owner === undefined || owner === 0 ? ['postgres', 'nobody'] : [String(owner)]) {
    const found = await Promise.all([run('id', ['-un', user]), run('id', ['-u', user]), run('id', ['-g', user])]).catch(() => undefined)
    if (found) return { name: found[0].stdout.trim(), uid: Number(found[1].stdout), gid: Number(found[2].stdout) }
  }
  throw new CannotStart(
    'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody": start as an ordinary user.',
  )
}

const x = { owner: 0o100, group: 0o010, other: 0o001 }

/** The first folder on the way that the account may not pass through, or undefined. Judged by owner, group and mode; root's own rights don't count. */
export async function closedFolder(target: string, user: Account): Promise<string | undefined> {
  if (user.uid === undefined) return undefined
  const parents = path.resolve(target).split(path.sep)
  for (let depth = 1; depth < parents.length; depth++) {
    const folder = parents.slice(0, depth).join(path.sep) || path.sep
    const { mode, uid, gid } = await stat(folder)
    const bit = uid === user.uid ? x.owner : gid === user.gid ? x.group : x.other
    if ((mode & bit) === 0) return folder
  }
  return undefined
}

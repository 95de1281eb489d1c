import { execFile } from 'node:child_process'
import { userInfo } from 'node:os'
import { promisify } from 'node:util'

/** The operating system's user under whom PostgreSQL runs. uid and gid are given only when they differ from ours. */
export interface Account {
  readonly name: string
  readonly uid?: number
  readonly gid?: number
}

const run = promisify(execFile)

/** Ourselves; but PostgreSQL refuses to run as root, so root starts it as `postgres` or, on a machine without, as `nobody`. */
export async function account(): Promise<Account> {
  const { uid, username } = userInfo()
  if (uid !== 0) return { name: username }
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]).catch(() => undefined)
    if (ids) return { name, uid: Number(ids[0].stdout), gid: Number(ids[1].stdout) }
  }
  throw new Error(
    'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody": start Holdfast as an ordinary user',
  )
}

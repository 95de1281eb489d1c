import { spawn } from 'node:child_process'
import { chown, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import path from 'node:path'
import type { Account } from './embedded-account.ts'
import type { Binaries } from './embedded-binaries.ts'
import { ownerRole, serverRole } from './roles.ts'

/** The superuser of an embedded cluster: makes roles and databases, nothing else. */
export const adminRole = 'postgres'

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined
}

/**
 * Makes the cluster if there is none: beside its place and then moved there, so that a start that was cut short, or two at once, leave
 * either a whole cluster or none. Byte order for text (the same on every machine), UTF-8, checksums on every page.
 */
export async function makeCluster(place: string, account: Account, binaries: Binaries): Promise<void> {
  if (await exists(path.join(place, 'PG_VERSION'))) return
  const draft = `${place}.making-${process.pid}`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { mode: 0o700 })
  if (account.uid !== undefined && account.gid !== undefined) await chown(draft, account.uid, account.gid)
  try {
    await initdb(
      binaries.initdb,
      ['-D', draft, '-U', adminRole, '--locale=C', '--encoding=UTF8', '--data-checksums', '--auth=peer'],
      account,
    )
    await rename(draft, place).catch(async (error: NodeJS.ErrnoException) => {
      if (!(await exists(path.join(place, 'PG_VERSION')))) throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function initdb(command: string, args: readonly string[], account: Account): Promise<void> {
  const ids = account.uid === undefined ? {} : { uid: account.uid, gid: account.gid }
  const child = spawn(command, args, {
    ...ids,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { LC_ALL: 'C', PATH: process.env['PATH'] ?? '' },
  })
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
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
export async function writeAccess(place: string, account: Account): Promise<void> {
  const users = new Set([userInfo().username, account.name])
  const map = [...users].flatMap((user) => [adminRole, ownerRole, serverRole].map((role) => `holdfast "${user}" ${role}\n`)).join('')
  for (const [file, text] of [
    ['pg_ident.conf', map],
    ['pg_hba.conf', 'local all all peer map=holdfast\n'],
  ] as const) {
    const name = path.join(place, file)
    await writeFile(name, text, { mode: 0o600 })
    if (account.uid !== undefined && account.gid !== undefined) await chown(name, account.uid, account.gid)
  }
}

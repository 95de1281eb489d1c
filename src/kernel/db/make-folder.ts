import { mkdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { CannotStart } from './cannot-start.ts'

/**
 * Makes a folder and those above it, one after the other. Node's own recursive mkdir tries for ever where the system makes no folders
 * (under /proc: ENOENT although the parent is there); this one says so at once. Throws the system's error for any other reason.
 */
export async function makeFolder(folder: string, mode?: number): Promise<void> {
  const whole = path.resolve(folder)
  if (await isFolder(whole)) return
  const parent = path.dirname(whole)
  if (parent !== whole) await makeFolder(parent, mode)
  await mkdir(whole, { mode }).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT')
      throw new CannotStart(
        `The folder ${whole} cannot be made: the system makes no folders in ${parent}. ` +
          `Set HOLDFAST_DATA (or HOLDFAST_SEAL_DIR or HOLDFAST_SEAL_KEY, if they named it) to a folder that you own.`,
        error,
      )
    // Somebody else was faster, or it is a link to a folder.
    if (error.code !== 'EEXIST' || !(await isFolder(whole))) throw error
  })
}

async function isFolder(place: string): Promise<boolean> {
  return stat(place).then(
    (found) => found.isDirectory(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )
}

import { codeOf, messageOf } from './outage.ts'

/** Starting is impossible until somebody does what the message says. The message is whole: show it without a stack. */
export class CannotStart extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'CannotStart'
  }
}

const refusals = new Map([
  ['EACCES', 'is not writable for this user'],
  ['EPERM', 'is not writable for this user'],
])
const unfit = new Map([
  ['EROFS', 'lies on a read-only disk'],
  ['ENOTDIR', 'cannot be made, for a part of its path is a file'],
  ['EEXIST', 'cannot be made, for a file stands in its place, or a link to nowhere'],
  ['ENOTEMPTY', 'holds something else where the database belongs'],
  ['ENAMETOOLONG', 'has too long a name'],
])

/** Turns what the operating system or PostgreSQL said about a folder into what to do about it; anything unknown is passed on. */
export function folderTrouble(folder: string, error: unknown): Error {
  const code = codeOf(error)
  const said = messageOf(error)
  if (code === 'ENOSPC' || code === 'EDQUOT' || said.includes('No space left on device')) {
    return new CannotStart(
      `The disk of the data folder ${folder} is full. Free some space (1 GB is plenty to begin with) and start again.`,
      error,
    )
  }
  const refusal = refusals.get(code ?? '')
  const other = unfit.get(code ?? '')
  if (refusal !== undefined)
    return new CannotStart(`The data folder ${folder} ${refusal}. Set HOLDFAST_DATA to a folder that you own, or change its owner.`, error)
  if (other !== undefined) return new CannotStart(`The data folder ${folder} ${other}. Set HOLDFAST_DATA to another.`, error)
  return error instanceof Error ? error : new Error(said)
}

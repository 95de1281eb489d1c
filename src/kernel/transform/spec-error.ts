/** A spec that is refused: `path` is the JSON pointer of the offending line, `message` says why. */
export class SpecError extends Error {
  readonly path: string
  constructor(path: string, message: string) {
    super(message)
    this.name = 'SpecError'
    this.path = path
  }
}

/** An input on which a well-formed spec fails, as Java throws there; also output beyond a limit. */
export class TransformError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'TransformError'
  }
}

/** A failure that Java's modifiers do not swallow: memory or stack spent there, a limit reached here. */
export class FatalError extends TransformError {}

/** Thrown while a spec is read, where the line is not known yet; becomes a SpecError on the way out. */
export class BadSpec extends Error {}

/** One reference token added to a JSON pointer (RFC 6901). */
export function pointer(path: string, key: string | number): string {
  return `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** Reads a line of a spec, and says which line it was when it is bad. */
export function atLine<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof BadSpec) throw new SpecError(path, error.message)
    throw error
  }
}

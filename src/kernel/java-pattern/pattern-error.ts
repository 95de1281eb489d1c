/** A pattern that Java refuses, or one that cannot be followed in bounded time. */
export class PatternError extends Error {
  override readonly name = 'PatternError'
}

/** The caller's time was over before its key was answered. */
export class DeadlineExceededError extends Error {
  override readonly name = 'DeadlineExceededError'
}

/** One tenant has more keys waiting than a source lets it. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError'
}

/** `load` answered with a map that lacks the key. */
export class KeyMissingError extends Error {
  override readonly name = 'KeyMissingError'
}

/** `load` broke its contract: not one answer for each key. */
export class LoadContractError extends Error {
  override readonly name = 'LoadContractError'
}

/** One call of `load` took longer than the source lets it. */
export class LoadTimeoutError extends Error {
  override readonly name = 'LoadTimeoutError'
}

/** Nobody wants the answer any more: the reason that a load's signal carries. */
export class UnwantedError extends Error {
  override readonly name = 'UnwantedError'
}

const OUTAGE_NAMES = new Set([
  'AbortError',
  'TimeoutError',
  'LoadTimeoutError',
  'LoadContractError',
  'UnwantedError',
  'CallNotPermittedError',
  'BulkheadFullError',
  'RequestNotPermittedError',
  'TimeLimitExceededError',
])
// Node's network errors, and the SQLSTATE classes 08 (connection), 53 (resources) and 57P (operator intervention).
const OUTAGE_CODES = /^(?:ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|UND_ERR_|08|53|57P)/

/** True for an error that no smaller batch would cure: the source is down, not a key poisoned. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return OUTAGE_NAMES.has(error.name) || OUTAGE_CODES.test(code)
}

type Headers = Readonly<Record<string, string>>

// RFC 9110, sections 5.1 and 5.5: a token, and printable characters with spaces and tabs between them.
const NAME = /^[\w!#$%&'*+.^`|~-]+$/
const VALUE = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/
/** How a message is framed, where it goes and how its answer is packed: ours alone. */
const OURS = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'accept-encoding',
])

/**
 * Headers in one, by lower-case names; of one name the last counts, however it was written. RangeError, which names the header and never
 * shows its value, for what cannot be sent or is not the caller's to say: else it would look like a failure of the target, and be tried again.
 */
export function mergedHeaders(...parts: readonly Headers[]): Headers {
  const merged = new Map([['accept-encoding', 'identity']])
  for (const [written, value] of parts.flatMap((part) => Object.entries(part))) {
    if (!NAME.test(written)) throw new RangeError('a header has a name that cannot be sent')
    const name = written.toLowerCase()
    if (OURS.has(name)) throw new RangeError(`the header ${name} is not the caller's to set`)
    if (typeof value !== 'string' || !VALUE.test(value)) throw new RangeError(`the header ${name} has a value that cannot be sent`)
    merged.set(name, value)
  }
  return Object.fromEntries(merged)
}

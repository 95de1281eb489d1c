type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** The address of a target as it was configured. What is wrong with it is told without it: it may hold a password. */
export function originOf(text: string): URL {
  const origin = URL.parse(text)
  if (origin === null || (origin.protocol !== 'http:' && origin.protocol !== 'https:'))
    throw new RangeError('a target is an address of http or https')
  // They would be left out without a word, and with them what lets us in.
  if (origin.username !== '' || origin.password !== '' || origin.search !== '' || origin.hash !== '')
    throw new RangeError('the address of a target has no user, password, query or fragment: send headers')
  return origin
}

/**
 * The address of a call: what is appended stays below the target's own path. Dot segments (`..`, `%2e%2e`) are refused, for they would walk
 * out of it; so are backslashes, fragments and control characters, which addresses are read without.
 */
export function addressOf(origin: URL, path: string, query: Query = {}): URL {
  const [before = '', ...after] = path.split('?')
  if (!/^\/(?!\/)[^\\#]*$/.test(path) || /\p{Cc}/u.test(path))
    throw new RangeError('a path starts with one slash and has no backslash, fragment or control character')
  if (before.split('/').some((segment) => /^(\.|%2e){1,2}$/i.test(segment))) throw new RangeError('a path has no dot segments')
  const url = new URL(origin)
  url.pathname = origin.pathname.replace(/\/$/, '') + before
  url.search = after.join('?')
  if (url.origin !== origin.origin) throw new RangeError('a path may not leave its target')
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.append(name, String(value))
  return url
}

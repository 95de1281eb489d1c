const POINTER_MAX = 512
const INDEX = /^(?:0|[1-9]\d{0,15})$/

/** True for an RFC 6901 pointer of bounded length. */
export function isPointer(text: string): boolean {
  return text.length <= POINTER_MAX && /^(?:\/(?:[^~]|~[01])*)*$/.test(text)
}

/** What a pointer names in a document; undefined if nothing. Own properties only: a pointer never reaches a prototype. */
export function pointed(document: unknown, pointer: string): unknown {
  let at: unknown = document
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(at)) at = INDEX.test(name) ? at[Number(name)] : undefined
    else if (typeof at === 'object' && at !== null && Object.hasOwn(at, name)) at = Reflect.get(at, name)
    else return undefined
  }
  return at
}

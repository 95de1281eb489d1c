// Bare in an array literal; every other type is quoted.
const bareTypes = new Set(['bigint', 'int8', 'integer', 'int', 'int4', 'smallint', 'int2', 'boolean', 'bool', 'xid8', 'oid'])
// Both must be escaped inside quotes.
const special = /["\\]/
const specials = /["\\]/g

/**
 * The text of a PostgreSQL array: '{1,2}' or '{"a","b"}'. Two to four times as fast as the driver's own, which calls two regular
 * expressions for each element. Throws on values that have no text form (objects, symbols): JSON goes in as text already made.
 */
export function arrayLiteral(type: string, values: readonly unknown[]): string {
  const bare = bareTypes.has(type)
  let text = '{'
  for (let index = 0; index < values.length; index++) {
    if (index > 0) text += ','
    const value = values[index]
    if (value === null) text += 'NULL'
    else if (typeof value === 'string') text += bare ? plain(value) : quoted(value)
    else if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean') text += String(value)
    else if (value instanceof Uint8Array) text += `"\\\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}"`
    else throw new TypeError(`a ${type} of a set-wise statement cannot be ${typeof value}`)
  }
  return text + '}'
}

function quoted(value: string): string {
  return special.test(value) ? `"${value.replaceAll(specials, String.raw`\$&`)}"` : `"${value}"`
}

function plain(value: string): string {
  if (!/^-?\w+$/.test(value)) throw new TypeError(`not a number or boolean: ${JSON.stringify(value)}`)
  return value
}

/** The elements of a one-dimensional array as PostgreSQL writes it, null for NULL. */
export function arrayElements(text: string): (string | null)[] {
  const elements: (string | null)[] = []
  let at = 1
  while (at < text.length - 1) {
    let element = ''
    const isQuoted = text[at] === '"'
    if (isQuoted) at++
    for (; at < text.length; at++) {
      const character = text[at]
      if (isQuoted ? character === '"' : character === ',' || character === '}') break
      if (character === '\\') at++
      element += text[at]
    }
    elements.push(!isQuoted && element === 'NULL' ? null : element)
    at += isQuoted ? 2 : 1
  }
  return elements
}

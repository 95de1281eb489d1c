const microseconds = 6

/** '2026-11-21 11:23:24.1+00' (sessions run in UTC) to '2026-11-21T11:23:24.100000Z': always six decimals, so that text order is time order. */
export function instantOf(text: string): string {
  if (!text.endsWith('+00')) return text
  const dot = text.indexOf('.')
  const end = text.length - 3
  const whole = dot === -1 ? text.slice(0, end) : text.slice(0, dot)
  const fraction = dot === -1 ? '' : text.slice(dot + 1, end)
  return `${whole.replace(' ', 'T')}.${fraction.padEnd(microseconds, '0')}Z`
}

/** The elements of a one-dimensional array as PostgreSQL writes it, null for NULL. */
function arrayElements(text: string): (string | null)[] {
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

type Parser = (text: string) => unknown
const asText: Parser = (text) => text
const asNumber: Parser = (text) => Number(text)
const asBytes: Parser = (text) => Buffer.from(text.slice(String.raw`\x`.length), 'hex')
const arrayOf =
  (parse: Parser): Parser =>
  (text) =>
    arrayElements(text).map((element) => (element === null ? null : parse(element)))

// Object ids of built-in types (pg_type.dat); whatever isn't listed stays text: date, numeric, json, jsonb, uuid, interval and the rest.
const parsers = new Map<number, Parser>([
  [16, (text) => text === 't'],
  [17, asBytes],
  [20, BigInt],
  [21, asNumber],
  [23, asNumber],
  [26, asNumber],
  [28, asNumber],
  [700, asNumber],
  [701, asNumber],
  [1184, instantOf],
  [5069, BigInt],
  [1000, arrayOf((text) => text === 't')],
  [1005, arrayOf(asNumber)],
  [1007, arrayOf(asNumber)],
  [1009, arrayElements],
  [1014, arrayElements],
  [1015, arrayElements],
  [1016, arrayOf(BigInt)],
  [1021, arrayOf(asNumber)],
  [1022, arrayOf(asNumber)],
  [1028, arrayOf(asNumber)],
  [1182, arrayElements],
  [1185, arrayOf(instantOf)],
  [1231, arrayElements],
  [2951, arrayElements],
  [271, arrayOf(BigInt)],
])

/** How columns arrive: bigint and xid8 as bigint, smaller integers and floats as number, boolean, bytea as Buffer, instants as UTC text with microseconds, the rest as text. */
export const typeParsers = {
  getTypeParser: (oid: number): Parser => parsers.get(oid) ?? asText,
}

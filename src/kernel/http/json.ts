import { isUtf8 } from 'node:buffer'
import { Fault } from '#kernel/faults'

// Deeper than any input we declare; what walks an input may then be recursive without fear.
export const depthMax = 32

// A body as JSON that says one thing alone (I-JSON, RFC 7493): UTF-8, no name twice in an object, no fraction that would be read as a whole
// number. `undefined` for an empty one, else a Fault. Names that would reach a prototype stay plain data.
export const readJson = (body: Buffer): unknown => {
  if (body.length === 0) return undefined
  if (!isUtf8(body)) throw malformed('not UTF-8')
  const text = body.toString()
  const value = parsed(text)
  const members = membersOf(value, depthMax)
  if (members === undefined) throw malformed(`nested deeper than ${depthMax}`)
  if (members !== membersWritten(text)) throw malformed('a name stands twice in an object')
  return value
}

const malformed = (reason: string): Fault => new Fault('http.body_malformed', { reason })

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw malformed((error as Error).message.slice(0, 200))
  }
}

// How many members all objects of a value have; undefined where it is nested deeper.
const membersOf = (value: unknown, left: number): number | undefined => {
  if (typeof value !== 'object' || value === null) return 0
  if (left === 0) return undefined
  const inside = Object.values(value)
  let members = Array.isArray(value) ? 0 : inside.length
  for (const inner of inside) {
    const more = membersOf(inner, left - 1)
    if (more === undefined) return undefined
    members += more
  }
  return members
}

const [quote, colon, point, backslash] = [0x22, 0x3a, 0x2e, 0x5c]

// How many members are written in a text that is JSON: its colons outside strings.
const membersWritten = (text: string): number => {
  let members = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) at = endOfString(text, at)
    else if (code === colon) members++
    else if (code === point) refuseLostFraction(text, at)
  }
  return members
}

const endOfString = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) return at
    if (code === backslash) at++
  }
  return text.length
}

const numberEnds = /[^\d.eE+-]/g

// 1.00000000000000001 is no whole number, and yet reads as 1.
const refuseLostFraction = (text: string, at: number): void => {
  numberEnds.lastIndex = at
  const end = numberEnds.exec(text)?.index ?? text.length
  const fraction = text.slice(at + 1, end)
  if (!/^0*[1-9]\d*$/.test(fraction)) return
  let start = at
  while (start > 0 && /[\d-]/.test(text.charAt(start - 1))) start--
  if (Number.isInteger(Number(text.slice(start, end)))) throw malformed('a fraction too long to be read')
}

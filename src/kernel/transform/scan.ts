const SPACE = 32
const QUOTE = 34
const MINUS = 45
const DOT = 46
const ZERO = 48
const NINE = 57
const COLON = 58
const UPPER_E = 69
const BACKSLASH = 92
const UNDERSCORE = 95
const LOWER_E = 101
const LOWER_U = 117
const PROTO = '__proto__'
// A double of so many characters may lie on an integer; an integer of so many is exact.
const LONGEST_NUMBER = 15

// Bytes are quicker to look at than characters; this many hold most texts, others get their own.
const bytes = new Uint8Array(65_536)
const encoder = new TextEncoder()
// A character of UTF-16 needs three bytes of UTF-8 at most.
const WIDEST = 3

/**
 * One pass over a JSON text: where its doubles without fraction stand (start and end of each), or undefined where the platform's reader would
 * lose something else: exponents, 16 digits, keys it would reorder, `__proto__`, escapes that may spell one. Texts that are no JSON may get any answer.
 */
export function wholeDoubles(text: string): number[] | undefined {
  const target = text.length * WIDEST + 2 <= bytes.length ? bytes : new Uint8Array(text.length * WIDEST + 2)
  const { written } = encoder.encodeInto(text, target)
  // An end that no loop runs over, nor a backslash that comes last.
  target[written] = QUOTE
  target[written + 1] = QUOTE
  const doubles: number[] = []
  let at = 0
  while (at < written) {
    const byte = target[at] ?? 0
    if (byte === QUOTE) at = afterString(target, at + 1, written)
    else if (byte >= ZERO && byte <= NINE) at = afterNumber(target, at, doubles)
    else at++
    if (at < 0) return undefined
  }
  if (doubles.length > 0 && written !== text.length) toCharacters(doubles, target)
  return doubles
}

/** Makes places in bytes places in characters: those beyond the first plane count two, the bytes after the first of each none. */
function toCharacters(places: number[], target: Uint8Array): void {
  let characters = 0
  let at = 0
  for (let i = 0; i < places.length; i++) {
    for (const place = places[i] ?? 0; at < place; at++) {
      const byte = target[at] ?? 0
      if (byte < 0x80 || byte >= 0xc0) characters += byte >= 0xf0 ? 2 : 1
    }
    places[i] = characters
  }
}

/** Index behind the string that starts here; negative where it needs care. */
function afterString(target: Uint8Array, start: number, end: number): number {
  let at = start
  let byte = target[at]
  while (byte !== QUOTE) {
    if (byte === BACKSLASH && escapesAscii(target, ++at)) return -1
    byte = target[++at]
  }
  if (at >= end) return -1
  const first = target[start] ?? 0
  if (first >= ZERO && first <= NINE ? isIndexKey(target, start, at) : first === UNDERSCORE && isProto(target, start)) return -1
  return at + 1
}

/** Whether `\u00` and one of 3, 5, 6, 7 follow: a digit, an underscore, a letter or the mark of doubles. */
function escapesAscii(target: Uint8Array, at: number): boolean {
  if (target[at] !== LOWER_U || target[at + 1] !== ZERO || target[at + 2] !== ZERO) return false
  const digit = target[at + 3] ?? 0
  return digit > ZERO + 2 && digit < ZERO + 8
}

function isProto(target: Uint8Array, start: number): boolean {
  for (let i = 0; i < PROTO.length; i++) if (target[start + i] !== PROTO.charCodeAt(i)) return false
  return true
}

/** Whether the string is digits only, and a colon follows. */
function isIndexKey(target: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = target[at] ?? 0
    if (byte < ZERO || byte > NINE) return false
  }
  let at = end + 1
  while ((target[at] ?? COLON) <= SPACE) at++
  return target[at] === COLON
}

/** Index behind the number whose first digit is here, noted when it is a whole double; negative where it needs care. */
function afterNumber(target: Uint8Array, start: number, doubles: number[]): number {
  let at = start + 1
  let byte = target[at] ?? 0
  while (byte >= ZERO && byte <= NINE) byte = target[++at] ?? 0
  if (byte === DOT) {
    const fraction = at + 1
    let whole = true
    byte = target[++at] ?? 0
    while (byte >= ZERO && byte <= NINE) {
      if (byte !== ZERO) whole = false
      byte = target[++at] ?? 0
    }
    const needless = target[start] === ZERO && fraction - start > 2
    if (needless || at === fraction) return -1
    if (whole) doubles.push(target[start - 1] === MINUS ? start - 1 : start, at)
  }
  return byte === LOWER_E || byte === UPPER_E || at - start > LONGEST_NUMBER ? -1 : at
}

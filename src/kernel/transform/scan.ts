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
// A double of so many characters may lie on an integer; an integer of so many is exact.
const LONGEST_NUMBER = 15

/**
 * One pass over a JSON text: where its doubles without fraction stand (start and end of each), or undefined where the platform's reader would
 * lose something else: exponents, 16 digits, keys it would reorder, `__proto__`, escapes that may spell one. Texts that are no JSON may get any answer.
 */
export function wholeDoubles(text: string): number[] | undefined {
  const doubles: number[] = []
  const end = text.length
  let at = 0
  while (at < end) {
    const char = text.charCodeAt(at)
    if (char === QUOTE) at = afterString(text, at + 1)
    else if (char >= ZERO && char <= NINE) at = afterNumber(text, at, doubles)
    else at++
    if (at < 0) return undefined
  }
  return doubles
}

/** Index behind the string that starts here; negative where it needs care. */
function afterString(text: string, start: number): number {
  let at = start
  let char = text.charCodeAt(at)
  while (char !== QUOTE) {
    if (char === BACKSLASH && escapesAscii(text, ++at)) return -1
    // Beyond the end of the text.
    if (char !== char) return -1
    char = text.charCodeAt(++at)
  }
  const first = text.charCodeAt(start)
  if (first >= ZERO && first <= NINE ? isIndexKey(text, start, at) : first === UNDERSCORE && text.startsWith('__proto__', start)) return -1
  return at + 1
}

/** Whether `\u00` and one of 3, 5, 6, 7 follow: a digit, an underscore, a letter or the mark of doubles. */
function escapesAscii(text: string, at: number): boolean {
  if (text.charCodeAt(at) !== LOWER_U || text.charCodeAt(at + 1) !== ZERO || text.charCodeAt(at + 2) !== ZERO) return false
  const digit = text.charCodeAt(at + 3)
  return digit > ZERO + 2 && digit < ZERO + 8
}

/** Whether the string is digits only, and a colon follows. */
function isIndexKey(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const char = text.charCodeAt(at)
    if (char < ZERO || char > NINE) return false
  }
  let at = end + 1
  while (text.charCodeAt(at) <= 32) at++
  return text.charCodeAt(at) === COLON
}

/** Index behind the number whose first digit is here, noted when it is a whole double; negative where it needs care. */
function afterNumber(text: string, start: number, doubles: number[]): number {
  let at = start + 1
  let char = text.charCodeAt(at)
  while (char >= ZERO && char <= NINE) char = text.charCodeAt(++at)
  if (char === DOT) {
    const fraction = at + 1
    let whole = true
    char = text.charCodeAt(++at)
    while (char >= ZERO && char <= NINE) {
      if (char !== ZERO) whole = false
      char = text.charCodeAt(++at)
    }
    const needless = text.charCodeAt(start) === ZERO && fraction - start > 2
    if (needless || at === fraction) return -1
    if (whole) doubles.push(text.charCodeAt(start - 1) === MINUS ? start - 1 : start, at)
  }
  return char === LOWER_E || char === UPPER_E || at - start > LONGEST_NUMBER ? -1 : at
}

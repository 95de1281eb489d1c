const LETTER_OR_DIGIT = /[\p{L}\p{Nd}]/u
const MARK = /\p{Mn}/u

/** Where a word begins or ends, or where none does: letters and digits of any script, the underscore, and marks that stand on a letter. */
export function wordBounds(text: string, wanted: boolean): number[] {
  const bounds: number[] = []
  let inWord = false
  let onLetter = false
  let at = 0
  for (const char of text) {
    const letter = LETTER_OR_DIGIT.test(char)
    const mark = MARK.test(char)
    const word = letter || char === '_' || (mark && onLetter)
    if ((word !== inWord) === wanted) bounds.push(at)
    if (!wanted && char.length > 1) bounds.push(at + 1)
    inWord = word
    onLetter = letter || (mark && onLetter)
    at += char.length
  }
  if (inWord === wanted) bounds.push(at)
  return bounds
}

/** The end, and the place before a line end that comes last. */
export function ends(text: string): number[] {
  const { length } = lastLineEnd(text)
  return length === 0 ? [text.length] : [text.length - length, text.length]
}

/** The line end that comes last, or nothing. */
export function lastLineEnd(text: string): string {
  return /(?:\r\n|[\n\r\u0085\u2028\u2029])$/.exec(text.slice(-2))?.[0] ?? ''
}

/**
 * Orders text by code point, as PostgreSQL's collation "C" and Lucene order UTF-8 bytes. JavaScript's own `<` compares
 * UTF-16 units, which puts U+FFFF after U+10000.
 */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let at = 0; at < length; at++) {
    const a = left.charCodeAt(at)
    const b = right.charCodeAt(at)
    if (a === b) continue
    // Surrogates stand for code points above every other unit, so they move to the top of the order.
    return a < 0xd800 || b < 0xd800 ? a - b : rank(a) - rank(b)
  }
  return left.length - right.length
}

function rank(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000
}

/** The number of code points. */
export function sizeOfText(text: string): number {
  let size = text.length
  for (let at = 1; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit >= 0xdc00 && unit <= 0xdfff && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800) size--
  }
  return size
}

/** Whether PostgreSQL can hold the text: no NUL and no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

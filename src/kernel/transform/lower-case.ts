// Java's words, from the rules that its word iterator is built of (sun.text.resources.BreakIteratorRules): format characters do not count.
const FORMAT = String.raw`(?!\u00ad)\p{Cf}`
const IGNORED = String.raw`(?:${FORMAT})*`
const MARKS = String.raw`(?:[\p{Mn}\p{Me}]|${FORMAT})*`
const KANJI = String.raw`\u3005\u4e00-\u9fa5\uf900-\ufa2d`
const KATAKANA = String.raw`\u30a1-\u30fa\u30fd\u30fe`
const HIRAGANA = String.raw`\u3041-\u3094\u309d\u309e`
const BOTH_KANA = String.raw`\u3099-\u309c\u30fb\u30fc`
const LETTERS = String.raw`(?:(?![${KANJI}${KATAKANA}${HIRAGANA}${BOTH_KANA}])[\p{L}\p{Mc}]${MARKS})+`
const DIGITS = String.raw`(?:\p{N}${MARKS})+`
const WORD = String.raw`${LETTERS}(?:[\p{Pd}\p{Pc}\u00ad\u2027"'.]${IGNORED}${LETTERS})*(?:[\u0964\u0965]${IGNORED})?`
const NUMBER = String.raw`${DIGITS}(?:["',\u066b.]${IGNORED}${DIGITS})*`
const END = String.raw`(?:${NUMBER}${WORD})*(?:${NUMBER}(?:[%&\u00a2\u066a\u2030\u2031]${IGNORED})?)?`
const PART = new RegExp(
  String.raw`(?:${WORD})?${END}|(?:(?!\u00a2)[\p{Sc}#.])${IGNORED}${END}|(?:[${KATAKANA}${BOTH_KANA}]${IGNORED})+|(?:[${HIRAGANA}${BOTH_KANA}]${IGNORED})+`,
  'uy',
)
const ONE = new RegExp(String.raw`[^\p{Cc}\p{Zl}\p{Zp}]${MARKS}|[^]${IGNORED}`, 'uy')

// Java's list of what has a case beside capital, small and title letters.
const CASED = /[\u0345\p{Lu}\p{Ll}\p{Lt}\u02b0-\u02b8\u02c0\u02c1\u02e0-\u02e4\u037a\u1d2c-\u1d61\u2160-\u217f\u24b6-\u24e9]/u
const SIGMA = 'Σ'

/** Java's `String.toLowerCase`: a sigma is a final one where a letter with a case stands before it in its word, and none behind. */
export function lowerCase(text: string): string {
  if (!text.includes(SIGMA)) return text.toLowerCase()
  try {
    return partsOf(text).map(lowerPart).join('')
  } catch (error) {
    // A word of millions of letters is more than the platform's patterns bear.
    if (!(error instanceof RangeError)) throw error
    return text.toLowerCase()
  }
}

/** The words of a text, and what stands between them. */
function partsOf(text: string): string[] {
  const parts: string[] = []
  let at = 0
  while (at < text.length) {
    PART.lastIndex = ONE.lastIndex = at
    const part = PART.exec(text)?.[0] || (ONE.exec(text)?.[0] ?? text.charAt(at))
    parts.push(part)
    at += part.length
  }
  return parts
}

function lowerPart(part: string, index: number): string {
  const pieces = part.split(SIGMA)
  const last = pieces.length - 1
  return pieces.map((piece, i) => (i === last ? piece : piece + (isFinal(pieces, i, index === 0) ? 'ς' : 'σ')).toLowerCase()).join('')
}

// Where Java looks for a word's end, one stands behind each character beyond 16 bits, unless the text begins with it.
const LAST_PAIR = /^[^]*[\u{10000}-\u{10ffff}]/u
const LATER_PAIR = /^[^]+[\u{10000}-\u{10ffff}]/u
const FIRST_PAIR = /^[^]*?[\u{10000}-\u{10ffff}]/u

/** Whether the sigma behind a piece ends a word that has a case; the pieces lie between the sigmas of a part. */
function isFinal(pieces: readonly string[], i: number, isFirst: boolean): boolean {
  const before = pieces[i] ?? ''
  const near = before.replace(isFirst && i === 0 ? LATER_PAIR : LAST_PAIR, '')
  if (!CASED.test(near) && (i === 0 || near !== before)) return false
  const behind = pieces[i + 1] ?? ''
  const next = FIRST_PAIR.exec(behind)?.[0]
  return !CASED.test(next ?? behind) && (next !== undefined || i + 2 === pieces.length)
}

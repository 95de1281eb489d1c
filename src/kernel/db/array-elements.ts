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

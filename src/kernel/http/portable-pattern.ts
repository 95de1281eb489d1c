// Code points of the categories that our schemas name. What a category has no short list for (unassigned points, halves of surrogate pairs)
// is left out, and all letters and digits beyond ASCII are one range: a document may allow a little more than the schema that judges.
const control = '\\u0000-\\u001F\\u007F-\\u009F'
const format = '\\u00AD\\u0600-\\u0605\\u061C\\u06DD\\u070F\\u180E\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u206F\\uFEFF\\uFFF9-\\uFFFB'
const privateUse = '\\uE000-\\uF8FF'
const lines = '\\u2028\\u2029'
const beyondAscii = '\\u00AA-\\uFFFF'
const points: Readonly<Record<string, string>> = {
  C: control + format + privateUse,
  Cc: control,
  Cn: '',
  Co: privateUse,
  Cs: '',
  L: `A-Za-z${beyondAscii}`,
  N: `0-9${beyondAscii}`,
  Z: `\\u0020\\u00A0\\u1680\\u2000-\\u200A${lines}\\u202F\\u205F\\u3000`,
  Zl: '\\u2028',
  Zp: '\\u2029',
}

// A pattern as every reader of JSON Schema can compile it: `\p{…}` stands in no list of what is portable (JSON Schema 2020-12, Core 6.4), and
// validators in Python refuse a whole document for it. Within brackets alone, where our schemas have it.
export const portablePattern = (pattern: string): string =>
  pattern.replaceAll(/\\p\{(\w+)\}/g, (_, category: string) => {
    const listed = points[category]
    if (listed === undefined) throw new TypeError(`no code points are listed for \\p{${category}}`)
    return listed
  })

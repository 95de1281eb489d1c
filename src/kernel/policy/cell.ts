import type { FieldKind, Fields } from '#kernel/predicate'

/** The kind of a dotted field, or undefined where none of that name is declared. */
function kindOf(fields: Fields, name: string): FieldKind | undefined {
  let inside: Fields | undefined = fields
  let kind: FieldKind | undefined
  for (const part of name.split('.')) {
    kind = inside !== undefined && Object.hasOwn(inside, part) ? inside[part] : undefined
    inside = typeof kind === 'object' && 'object' in kind ? kind.object : undefined
  }
  return kind
}

const comparison = /^(==|!=|<=|>=|<|>)\s*([^]+)$/
const interval = /^([[(])\s*([^]*?)\s*\.\.\s*([^]*?)\s*([\])])$/
const list = /^(not\s+)?in\s*\[([^]*)\]$/
const quoted = /^(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')$/
const number = /^-?\d+(?:\.\d+)?$/
const day = /^\d{4}-\d{2}-\d{2}$/

/**
 * The predicate that a cell stands for, or null where it asks nothing (`-` or empty). Short forms, for an input that is a
 * field: `>= 30`, `30`, `"SMA1"`, `[30..60)` (`[` includes, `(` excludes, an open side is left out), `in [1, 2]`,
 * `not in [1, 2]`, `null`, `not null`; dates without quotes. Anything else is a predicate on any fields.
 */
export function predicateOfCell(cell: string, input: string, fields: Fields): string | null {
  const text = cell.trim()
  if (text === '' || text === '-') return null
  const kind = kindOf(fields, input)
  return (kind === undefined ? null : shortForm(text, input, kind)) ?? text
}

function shortForm(text: string, input: string, kind: FieldKind): string | null {
  if (text === 'null') return `${input} == null`
  if (text === 'not null') return `${input} != null`
  const own = literal(text, kind)
  if (own !== null) return `${input} == ${own}`
  const compared = comparison.exec(text)
  if (compared !== null) {
    const value = literal(compared[2] as string, kind)
    return value === null ? null : `${input} ${compared[1]} ${value}`
  }
  const between = interval.exec(text)
  if (between !== null) return betweenForm(between, input, kind)
  const among = list.exec(text)
  if (among === null) return null
  const member = `${input} in [${kind === 'date' ? datesQuoted(among[2] as string) : among[2]}]`
  return among[1] === undefined ? member : `!(${member})`
}

function betweenForm(parts: RegExpExecArray, input: string, kind: FieldKind): string | null {
  const [, open, low, high, close] = parts
  const from = low === '' ? '' : literal(low as string, kind)
  const to = high === '' ? '' : literal(high as string, kind)
  if (from === null || to === null) return null
  const bounds = [
    from === '' ? '' : `${input} ${open === '[' ? '>=' : '>'} ${from}`,
    to === '' ? '' : `${input} ${close === ']' ? '<=' : '<'} ${to}`,
  ]
  const kept = bounds.filter((each) => each !== '')
  return kept.length === 0 ? `${input} != null` : kept.join(' && ')
}

// A literal as a predicate writes it; dates may come bare.
function literal(text: string, kind: FieldKind): string | null {
  if (text === 'true' || text === 'false') return text
  if (kind === 'date' && day.test(text)) return `date('${text}')`
  const call = /^(?:date|timestamp|duration)\(([^()]*)\)$/.exec(text)
  if (call !== null && quoted.test((call[1] as string).trim())) return text
  return number.test(text) || quoted.test(text) ? text : null
}

function datesQuoted(inner: string): string {
  return inner.replaceAll(/(?<!['"\d-])\d{4}-\d{2}-\d{2}(?!['"\d-])/g, (each) => `date('${each}')`)
}

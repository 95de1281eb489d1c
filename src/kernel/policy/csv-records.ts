import { PolicyError } from './policy-error.ts'

/** Characters of a table as text: 5,000 rows of two thousand each. */
const textAtMost = 10_000_000

/** Records as CSV (RFC 4180), lines ended by CR LF; a cell is quoted where it must be. */
export function printRecords(records: readonly (readonly string[])[]): string {
  const cell = (text: string): string => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  return records.map((record) => `${record.map(cell).join(',')}\r\n`).join('')
}

/** The records of CSV text in one pass; a byte order mark and either line end are taken. Refuses a quote left open. */
export function parseRecords(text: string): string[][] {
  if (text.length > textAtMost) throw new PolicyError(`the text is longer than ${textAtMost} characters`)
  const records: string[][] = []
  let record: string[] = []
  let at = text.startsWith('\uFEFF') ? 1 : 0
  while (at < text.length) {
    const cell = text[at] === '"' ? quotedCell(text, at, records.length) : plainCell(text, at)
    record.push(cell.text)
    at = cell.end
    if (text[at] === ',') {
      at++
      if (at === text.length) record.push('')
      continue
    }
    records.push(record)
    record = []
    if (text[at] === '\r') at++
    if (text[at] === '\n') at++
  }
  if (record.length > 0) records.push(record)
  return records
}

type Cell = { readonly text: string; readonly end: number }

function plainCell(text: string, start: number): Cell {
  let end = start
  while (end < text.length && text[end] !== ',' && text[end] !== '\r' && text[end] !== '\n') end++
  return { text: text.slice(start, end), end }
}

function quotedCell(text: string, start: number, record: number): Cell {
  let end = text.indexOf('"', start + 1)
  while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2)
  if (end < 0) throw new PolicyError(`a quote is left open in record ${record + 1}`)
  const after = text[end + 1]
  if (after !== undefined && after !== ',' && after !== '\r' && after !== '\n')
    throw new PolicyError(`a quoted cell goes on after its quote in record ${record + 1}`)
  return { text: text.slice(start + 1, end).replaceAll('""', '"'), end: end + 1 }
}

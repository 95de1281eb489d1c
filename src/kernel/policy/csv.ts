import { PolicyError } from './policy-error.ts'
import { parseRecords, printRecords } from './csv-records.ts'
import { type HitPolicy, limits, type OutcomeValue, type OutputKind, type Table, type TableRow } from './table.ts'

/**
 * A table as CSV (RFC 4180): a first record `policy,<name>,<hit policy>,<from>,<to>`, a second with the columns `id`,
 * `from`, `to`, each input, and each outcome as `-> name: kind`; a record `domain` where one is given; then the rows.
 */
export function toCsv(table: Table): string {
  const outputs = Object.entries(table.outputs)
  const head = ['id', 'from', 'to', ...table.inputs, ...outputs.map(([name, kind]) => `-> ${name}: ${kind}`)]
  // A first row called "domain" is told from one by an empty one before it.
  const domain =
    table.domain === undefined && table.rows[0]?.id !== 'domain'
      ? []
      : [['domain', '', '', ...table.inputs.map((input) => table.domain?.[input] ?? ''), ...outputs.map(() => '')]]
  const rows = table.rows.map((row, index) => [
    row.id ?? String(index + 1),
    row.from ?? '',
    row.to ?? '',
    ...table.inputs.map((input) => row.when[input] ?? '-'),
    ...outputs.map(([name]) => String(row.outcome[name] ?? '')),
  ])
  return printRecords([['policy', table.name, table.hit, table.from ?? '', table.to ?? ''], head, ...domain, ...rows])
}

/** Reads what `toCsv` wrote, or a person in a spreadsheet; a PolicyError says what is wrong. Cells are not judged here. */
export function fromCsv(text: string): Table {
  const [title, head, ...records] = parseRecords(text)
  if (title?.[0] !== 'policy' || head === undefined)
    throw new PolicyError('the first record is policy,<name>,<hit policy>, the second the columns')
  const columns = columnsOf(head)
  const isDomain = records[0]?.[0] === 'domain'
  const rows = records.slice(isDomain ? 1 : 0).filter((record) => record.some((cell) => cell !== ''))
  if (rows.length > limits.rows) throw new PolicyError(`a table has at most ${limits.rows} rows`)
  const domain = isDomain
    ? columns.inputs.map(({ name, at }) => [name, records[0]?.[at] ?? '']).filter(([, cell]) => cell !== '' && cell !== '-')
    : []
  return {
    name: title[1] ?? '',
    hit: (title[2] ?? '') as HitPolicy,
    ...period(title[3], title[4]),
    inputs: columns.inputs.map(({ name }) => name),
    outputs: Object.fromEntries(columns.outputs.map(({ name, kind }) => [name, kind as OutputKind])),
    rows: rows.map((record) => rowOf(record, columns)),
    ...(domain.length === 0 ? {} : { domain: Object.fromEntries(domain) as Record<string, string> }),
  }
}

type Columns = {
  readonly id: number
  readonly from: number
  readonly to: number
  readonly inputs: readonly { readonly name: string; readonly at: number }[]
  readonly outputs: readonly { readonly name: string; readonly kind: string; readonly at: number }[]
}

function columnsOf(head: readonly string[]): Columns {
  const inputs: { name: string; at: number }[] = []
  const outputs: { name: string; kind: string; at: number }[] = []
  // The first of each is the row's own; an input of that name comes after it.
  const own = { id: head.indexOf('id'), from: head.indexOf('from'), to: head.indexOf('to') }
  for (const [at, cell] of head.entries()) {
    if (cell.startsWith('->')) outputs.push({ ...outputOf(cell), at })
    else if (at !== own.id && at !== own.from && at !== own.to) inputs.push({ name: cell, at })
  }
  return { ...own, inputs, outputs }
}

// A name may hold colons; its kind does not.
function outputOf(cell: string): { readonly name: string; readonly kind: string } {
  const colon = cell.lastIndexOf(':')
  const name = cell.slice('->'.length, Math.max(colon, 0)).trim()
  const kind = cell.slice(colon + 1).trim()
  if (colon < 0 || name === '' || !/^\w+$/.test(kind)) throw new PolicyError('an outcome is written -> name: kind', { column: cell })
  return { name, kind }
}

function rowOf(record: readonly string[], columns: Columns): TableRow {
  const id = record[columns.id] ?? ''
  const when = columns.inputs.map(({ name, at }) => [name, record[at] ?? '']).filter(([, cell]) => cell !== '' && cell !== '-')
  const outcome = columns.outputs.map(({ name, kind, at }) => [name, valueOf(record[at] ?? '', kind)])
  return {
    ...(id === '' ? {} : { id }),
    when: Object.fromEntries(when) as Record<string, string>,
    outcome: Object.fromEntries(outcome) as Record<string, OutcomeValue>,
    ...period(record[columns.from], record[columns.to]),
  }
}

function period(from: string | undefined, to: string | undefined): { from?: string; to?: string } {
  return { ...(from === undefined || from === '' ? {} : { from }), ...(to === undefined || to === '' ? {} : { to }) }
}

// What is no value of its kind stays text, and the table refuses it with its place.
function valueOf(text: string, kind: string): OutcomeValue {
  if (kind === 'bool' && (text === 'true' || text === 'false')) return text === 'true'
  if (kind === 'int' && /^-?\d{1,15}$/.test(text)) return Number(text)
  return kind === 'money' && /^-?\d{1,40}$/.test(text) ? BigInt(text) : text
}

import type { FieldRow } from './field-rows.ts'

/** Text for a cell of a table. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), `|${head.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n')
}

/** Fields as a table; `where` tells where each is sent, if that matters. */
export function fieldTable(fields: readonly FieldRow[], where?: (name: string) => string): string {
  const rows = fields.map(({ name, type, required, limits }) => [
    `\`${name}\``,
    ...(where ? [where(name)] : []),
    `${type}${required ? '' : where ? ', optional' : ''}`,
    limits,
  ])
  return table(['Field', ...(where ? ['In'] : []), 'Type', 'Limits'], rows)
}

export const madeBy = 'Made from the declarations by `node bin/run.cjs reference`; do not edit.'

/** A link to a fault's line in faults.md. */
export function faultLink(code: string): string {
  return `[\`${code}\`](faults.md#${code})`
}

/** A link to an operation's or view's section in operations.md. */
export function operationLink(name: string): string {
  return `[\`${name}\`](operations.md#${name})`
}

/** A link to an event's section in events.md. */
export function eventLink(name: string): string {
  return `[\`${name}\`](events.md#${name})`
}

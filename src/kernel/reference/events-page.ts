import { type EventType, eventCatalogue } from '#kernel/events'
import { schemaOf } from '#kernel/http'
import type { Declarations } from './declarations.ts'
import { fieldRows } from './field-rows.ts'
import { fieldTable, madeBy, table } from './markdown.ts'

const introduction = `# Events

${madeBy}

What happened, appended in the transaction of the operation that did it, and heard in order for each key (a loan, a person). Read them with
\`GET /api/v1/events\`, newest first; as they happen on \`GET /api/v1/stream\`. Every event is \`{ id, type, key, at, principal, data }\`; the tables below
are its \`data\`. A name ends with its version: fields are added to a version, never changed or taken away.

A reaction runs exactly once for each event, in one transaction with the mark that it was heard. One that fails is tried 5 times in about
13 seconds, then parked with every later event of its key (\`GET /api/v1/dead-letters\`); other keys go on. A refusal parks at once.`

/** Every event type with its data and who hears it. */
export function eventsPage({ reactions }: Declarations): string {
  const heard = Map.groupBy(reactions, ({ type }) => type)
  const listeners = (name: string): string => (heard.get(name) ?? []).map((one) => `\`${one.name}\``).join(', ')
  const index = eventCatalogue().map(({ name, meaning }) => [`[${name}](#${name})`, meaning, listeners(name)])
  const sections = eventCatalogue().map((type) => section(type, listeners(type.name)))
  return [introduction, table(['Event', 'Meaning', 'Heard by'], index), ...sections].join('\n\n')
}

function section({ name, meaning, outside, data }: EventType, listeners: string): string {
  const facts = [
    meaning,
    ...(outside === undefined ? [] : [`Outside it is known as \`${outside}\`.`]),
    ...(listeners === '' ? [] : [`Heard by ${listeners}.`]),
  ]
  const fields = fieldRows(schemaOf(data, 'output'))
  return [`<a id="${name}"></a>\n\n## ${name}`, facts.join(' '), ...(fields.length > 0 ? [fieldTable(fields)] : [])].join('\n\n')
}

import { catalogued } from '#kernel/faults'
import { bodyFaults, generalFaults, keyFaults, ownFaults, type Route, schemaOf } from '#kernel/http'
import { type Grant, type Operation, operationCatalogue, type View } from '#kernel/operations'
import type { Declarations } from './declarations.ts'
import { fieldRows } from './field-rows.ts'
import { faultLink, fieldTable, madeBy, table } from './markdown.ts'

const introduction = `# Operations and views

${madeBy}

An **operation** changes something, once for each \`Idempotency-Key\`, in one transaction; a **view** answers and changes nothing. Every address
begins with \`/api/v1\`. Send \`Authorization: Bearer\` with the \`accessToken\` of \`POST /api/v1/sessions\`, and \`Content-Type: application/json\`.

- Amounts are integers of minor units (1050 is ₹10.50) beside a \`currency\`; rates are decimal strings in percent a year; dates are ISO 8601.
- Fields that are not named here are refused, and so is a string for a number or \`true\` for 1: nothing is guessed.
- Lists take \`limit\` (1 to 200, 50 unless given) and \`after\`, and answer \`{ items, next }\`; send \`next\` as \`after\` for the following page.
- *Moves value*: the header \`Idempotency-Key\` (1 to 200 printable characters) is required. Send the same key for every try of one call: it is done
  once, and every try gets the same bytes. An operation that moves no value takes a key too.
- *own*: only objects that are the caller's; another's looks absent.
- *One at a time*: two calls with the same name here wait for each other; all others run side by side.

Refusals are problem details (RFC 9457, \`application/problem+json\`): \`{ type, title, status, code, detail, facts, errors?, requestId }\`. The first
that applies, in this order: 401 (no session), 429 (too often), 403 (role), 413, 415, 400 (shape, all fields at once), 400, 422, 409 (key),
404 (also another's object), 409 (state), 422 (rule). Any call may be refused with ${generalFaults.map(faultLink).join(', ')}; one with a body with
${bodyFaults.map(faultLink).join(', ')}; one that moves value with
${keyFaults.map(faultLink).join(', ')}.`

/** Every operation and view by module: first a table of all addresses, then each one with input, answer and refusals. */
export function operationsPage({ routes, raw }: Declarations): string {
  const groups = Map.groupBy(
    routes.toSorted((a, b) => order(a.target.name, b.target.name)),
    ({ target }) => moduleOf(target.name),
  )
  const index = [...groups].map(([module, of]) => `### ${module}\n\n${table(['Call', 'Name', 'Who', 'What'], of.map(indexRow))}`)
  const sections = [...groups].map(([module, of]) => `## ${module}\n\n${of.map(section).join('\n\n')}`)
  const others = raw.map(({ method, path, summary, may }) => [`\`${method} ${path}\``, may.join(', '), summary])
  return [
    introduction,
    '## All of them',
    ...index,
    ...(others.length > 0 ? ['### Beside operations and views', table(['Call', 'Who', 'What'], others)] : []),
    ...sections,
    ...inside(routes),
  ].join('\n\n')
}

export function moduleOf(name: string): string {
  return name.slice(0, name.indexOf('.'))
}

export function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function indexRow({ method, path, target }: Route): readonly string[] {
  return [`\`${method} ${path}\``, `[${target.name}](#${target.name})`, whoOf(target.spec.may), target.spec.summary]
}

function whoOf(may: readonly Grant<never>[]): string {
  const asks = may.map((grant) => (typeof grant === 'string' ? grant : `${grant.role} (own)`))
  return asks.filter((who) => who !== 'system').join(', ') || 'Holdfast itself'
}

function section({ method, path, params, target }: Route): string {
  const place = (field: string): string => (params.includes(field) ? 'path' : method === 'GET' ? 'query' : 'body')
  const status = target.kind === 'operation' ? (target.spec.status ?? 200) : 200
  const input = fieldRows(schemaOf(target.spec.input, 'input'))
  return [
    `<a id="${target.name}"></a>\n\n### ${target.name}`,
    `\`${method} ${path}\``,
    factsOf(target),
    input.length > 0 ? fieldTable(input, (name) => place(name.split(/[.[]/)[0] ?? name)) : 'No input.',
    answerOf(target, status),
    ...refusalsOf(target),
  ].join('\n\n')
}

function factsOf(target: Operation | View): string {
  const { spec } = target
  const facts = [`${spec.summary}. May: ${whoOf(spec.may)}.`]
  if (target.kind === 'operation') {
    const locks = locksOf(target)
    if (target.spec.moves === 'value') facts.push('Moves value.')
    if (locks.length > 0) facts.push(`One at a time: ${locks.map((lock) => `\`${lock}\``).join(', ')}.`)
    if (spec.secret !== undefined) facts.push(`Never logged: ${spec.secret.map((field) => `\`${field}\``).join(', ')}.`)
    if (target.spec.once !== undefined)
      facts.push(`Told once, null in a repetition: ${target.spec.once.map((field) => `\`${field}\``).join(', ')}.`)
  }
  return facts.join(' ')
}

function answerOf({ spec }: Operation | View, status: number): string {
  const answer = fieldRows(schemaOf(spec.answer, 'output'))
  return answer.length > 0 ? `Answers ${status}:\n\n${fieldTable(answer)}` : `Answers ${status}.`
}

function refusalsOf(target: Operation | View): readonly string[] {
  const codes = ownFaults(target)
  if (codes.length === 0) return []
  return [`Refuses with ${codes.map((code) => `${faultLink(code)} (${catalogued(code).status})`).join(', ')}.`]
}

/** What an operation locks, with the fields of its input as `{name}`; read from its declaration by giving it such names. */
function locksOf({ spec }: Operation): readonly string[] {
  const names: unknown = new Proxy({}, { get: (_, name) => `{${String(name)}}` })
  try {
    return spec.locks?.(names, { id: '{caller}', name: '', kind: 'person', roles: [], session: '{session}' }) ?? []
  } catch {
    return ['depends on the input']
  }
}

/** Operations without an address of their own: run by reactions, jobs and schedules of their module. */
function inside(routes: readonly Route[]): readonly string[] {
  const mounted = new Set(routes.map(({ target }) => target.name))
  const rest = operationCatalogue().filter(({ name }) => !mounted.has(name))
  if (rest.length === 0) return []
  const rows = rest.map((one) => [`\`${one.name}\``, one.spec.summary, (one.spec.faults ?? []).map(faultLink).join(', ')])
  return ['## Without an address\n\nRun by Holdfast itself: reactions, jobs, schedules.', table(['Name', 'What', 'Refuses with'], rows)]
}

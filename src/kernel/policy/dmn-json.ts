import { PolicyError } from './policy-error.ts'
import type { HitPolicy, Outcome, OutcomeValue, OutputKind, Table, TableRow } from './table.ts'

type Json = { readonly [name: string]: unknown }

/** DMN's names for the hit policies (OMG DMN 1.3, 8.2.8): COLLECT with an aggregation is sum, min or max. */
const dmnHits: Readonly<Record<HitPolicy, { readonly hitPolicy: string; readonly aggregation?: string }>> = {
  first: { hitPolicy: 'FIRST' },
  unique: { hitPolicy: 'UNIQUE' },
  collect: { hitPolicy: 'COLLECT' },
  sum: { hitPolicy: 'COLLECT', aggregation: 'SUM' },
  min: { hitPolicy: 'COLLECT', aggregation: 'MIN' },
  max: { hitPolicy: 'COLLECT', aggregation: 'MAX' },
}

/** A table in the shape of a DMN decision table, as JSON: inputs, outputs and rules with an entry for each. */
export function toJson(table: Table): Json {
  const outputs = Object.entries(table.outputs)
  return {
    name: table.name,
    decisionTable: {
      ...dmnHits[table.hit],
      ...periodOf(table),
      input: table.inputs.map((name) => ({
        label: name,
        inputExpression: { text: name },
        ...(table.domain?.[name] === undefined ? {} : { inputValues: { text: table.domain[name] } }),
      })),
      output: outputs.map(([name, kind]) => ({ name, typeRef: kind })),
      rule: table.rows.map((row, index) => ({
        id: row.id ?? String(index + 1),
        ...periodOf(row),
        inputEntry: table.inputs.map((name) => ({ text: row.when[name] ?? '-' })),
        outputEntry: outputs.map(([name]) => ({ text: entryText(row.outcome[name]) })),
      })),
    },
  }
}

function entryText(value: OutcomeValue | undefined): string {
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value ?? null)
}

function periodOf(part: { readonly from?: string; readonly to?: string }): Json {
  return { ...(part.from === undefined ? {} : { from: part.from }), ...(part.to === undefined ? {} : { to: part.to }) }
}

/** Reads what `toJson` made; a PolicyError names what is missing. Cells and outcomes are judged when the table is compiled. */
export function fromJson(json: unknown): Table {
  const root = object(json, 'the decision')
  const body = object(root['decisionTable'], 'decisionTable')
  const inputs = list(body['input'], 'input').map((each) => object(each, 'an input'))
  const names = inputs.map((each) => text(object(each['inputExpression'], 'inputExpression')['text'], 'inputExpression.text'))
  const outputs = list(body['output'], 'output').map((each) => object(each, 'an output'))
  const kinds = outputs.map((each) => [text(each['name'], 'output.name'), text(each['typeRef'], 'output.typeRef') as OutputKind] as const)
  const domain = inputs.flatMap((each, at) =>
    each['inputValues'] === undefined ? [] : [[names[at], text(object(each['inputValues'], 'inputValues')['text'], 'inputValues.text')]],
  )
  return {
    name: text(root['name'], 'name'),
    hit: hitOf(body),
    ...readPeriod(body),
    inputs: names,
    outputs: Object.fromEntries(kinds),
    rows: list(body['rule'], 'rule').map((rule) =>
      rowOf(
        object(rule, 'a rule'),
        names,
        kinds.map(([name]) => name),
      ),
    ),
    ...(domain.length === 0 ? {} : { domain: Object.fromEntries(domain) as Record<string, string> }),
  }
}

function hitOf(body: Json): HitPolicy {
  const { hitPolicy, aggregation } = body
  const found = Object.entries(dmnHits).find(([, dmn]) => dmn.hitPolicy === hitPolicy && dmn.aggregation === aggregation)
  if (found === undefined) throw new PolicyError(`there is no hit policy ${JSON.stringify({ hitPolicy, aggregation })}`)
  return found[0] as HitPolicy
}

function rowOf(rule: Json, inputs: readonly string[], outputs: readonly string[]): TableRow {
  const id = text(rule['id'], 'rule.id')
  const entries = (name: string): string[] => list(rule[name], name).map((each) => text(object(each, name)['text'], `${name}.text`))
  const cells = entries('inputEntry')
  const values = entries('outputEntry')
  if (cells.length !== inputs.length || values.length !== outputs.length)
    throw new PolicyError('an entry for each input and output', { row: id })
  const when = inputs.map((name, at) => [name, cells[at] ?? '-'] as const).filter(([, cell]) => cell !== '-' && cell !== '')
  const outcome: Outcome = Object.fromEntries(outputs.map((name, at) => [name, valueOf(values[at] ?? '', id, name)]))
  return { id, when: Object.fromEntries(when), outcome, ...readPeriod(rule) }
}

function valueOf(entry: string, row: string, column: string): OutcomeValue {
  if (/^-?\d{1,40}$/.test(entry)) return Number.isSafeInteger(Number(entry)) ? Number(entry) : BigInt(entry)
  try {
    const value: unknown = JSON.parse(entry)
    if (typeof value === 'string' || typeof value === 'boolean') return value
  } catch {
    throw new PolicyError(`${entry} is no literal`, { row, column })
  }
  throw new PolicyError(`${entry} is no text, integer or truth value`, { row, column })
}

function readPeriod(part: Json): { from?: string; to?: string } {
  const { from, to } = part
  return { ...(from === undefined ? {} : { from: text(from, 'from') }), ...(to === undefined ? {} : { to: text(to, 'to') }) }
}

function object(value: unknown, what: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new PolicyError(`${what} is missing or no object`)
  return value as Json
}

function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new PolicyError(`${what} is missing or no list`)
  return value
}

function text(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new PolicyError(`${what} is missing or no text`)
  return value
}

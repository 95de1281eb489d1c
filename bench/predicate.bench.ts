// One condition for a row, beside cel-js and json-logic-engine, and what it costs to compile one. Costs are CPU time of this process,
// median of alternating rounds. Run: node bench/predicate.bench.ts
import { availableParallelism, cpus } from 'node:os'
import { Environment } from '@marcbachmann/cel-js'
import { LogicEngine } from 'json-logic-engine'
import { compile } from '#kernel/predicate'

const rounds = 7
const fields = {
  dpd: 'int',
  emi: 'money',
  ok: 'bool',
  bucket: { enum: ['SMA0', 'SMA1', 'SMA2', 'NPA'] },
  name: 'string',
  contacts: { list: { object: { type: 'string', verified: 'bool' } } },
} as const
const text = 'dpd >= 30 && dpd < 90 && bucket in ["SMA1", "SMA2"] && emi > 100000 && (ok || name.startsWith("A"))'
const nested = 'contacts.exists(c, c.verified && c.type == "mobile")'

const rows = Array.from({ length: 1_000 }, (_, index) => ({
  dpd: (index * 37) % 120,
  emi: (index * 7_919) % 400_000,
  ok: index % 3 === 0,
  bucket: fields.bucket.enum[index % 4] as string,
  name: index % 5 === 0 ? 'Asha' : 'Binu',
  contacts: [
    { type: 'home', verified: true },
    { type: index % 2 === 0 ? 'mobile' : 'work', verified: index % 7 === 0 },
  ],
}))
const celRows = rows.map((row) => ({ ...row, dpd: BigInt(row.dpd), emi: BigInt(row.emi) }))

const environment = new Environment({ unlistedVariablesAreDyn: true }).registerVariable('dpd', 'int').registerVariable('emi', 'int')
const celCondition = environment.parse(text)
const celNested = environment.parse(nested)
const logic = new LogicEngine()
const logicCondition = logic.build({
  and: [
    { '>=': [{ var: 'dpd' }, 30] },
    { '<': [{ var: 'dpd' }, 90] },
    { in: [{ var: 'bucket' }, ['SMA1', 'SMA2']] },
    { '>': [{ var: 'emi' }, 100_000] },
    { or: [{ var: 'ok' }, { '===': [{ substr: [{ var: 'name' }, 0, 1] }, 'A'] }] },
  ],
}) as (row: object) => unknown
const logicNested = logic.build({
  some: [{ var: 'contacts' }, { and: [{ var: 'verified' }, { '===': [{ var: 'type' }, 'mobile'] }] }],
}) as (row: object) => unknown
const condition = compile(text, fields)
const quantified = compile(nested, fields)

type Contender = { readonly name: string; readonly calls: number; readonly run: (index: number) => unknown }

const contenders: readonly Contender[] = [
  { name: 'ours, five conditions', calls: 1_000_000, run: (index) => condition.test(rows[index] ?? {}) },
  { name: 'cel-js, five conditions', calls: 100_000, run: (index) => celCondition(celRows[index]) as unknown },
  { name: 'json-logic-engine built, five conditions', calls: 1_000_000, run: (index) => logicCondition(rows[index] ?? {}) },
  { name: 'ours, same element of a list', calls: 1_000_000, run: (index) => quantified.test(rows[index] ?? {}) },
  { name: 'cel-js, same element of a list', calls: 100_000, run: (index) => celNested(celRows[index]) as unknown },
  { name: 'json-logic-engine built, same element', calls: 500_000, run: (index) => logicNested(rows[index] ?? {}) },
  { name: 'ours, compile (all that test needs)', calls: 2_000, run: () => compile(text, fields) },
  { name: 'cel-js, parse and check', calls: 2_000, run: () => environment.parse(text).check() },
]

function nanoseconds({ run, calls }: Contender): number {
  const before = process.cpuUsage()
  for (let call = 0; call < calls; call++) run(call % 1_000)
  const used = process.cpuUsage(before)
  return ((used.user + used.system) * 1_000) / calls
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number

for (const [index, row] of rows.entries()) {
  const answers = [condition.test(row), celCondition(celRows[index]) as unknown, Boolean(logicCondition(row))]
  if (new Set(answers).size > 1) throw new Error(`answers differ for ${JSON.stringify(row)}: ${answers.join(', ')}`)
}
const times = new Map<string, number[]>(contenders.map(({ name }) => [name, []]))
for (let round = 0; round < rounds + 1; round++)
  for (const contender of contenders) {
    const cost = nanoseconds(contender)
    if (round > 0) times.get(contender.name)?.push(cost)
  }
console.log(`${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, node ${process.version}`)
const groups = [contenders.slice(0, 3), contenders.slice(3, 6), contenders.slice(6)]
for (const group of groups) {
  const own = median(times.get(group[0]?.name ?? '') ?? [])
  for (const { name } of group) {
    const cost = median(times.get(name) ?? [])
    console.log(`${name.padEnd(44)} ${cost.toFixed(0).padStart(8)} ns  ${(cost / own).toFixed(2).padStart(7)} × ours`)
  }
}

// A 60-row first-hit table beside its peers, a 1,000-row one beside the 60-row one, and the analysis of 1,000 rows. Costs are CPU
// seconds of this process (other work on the machine does not count), median of alternating rounds. Run: node bench/policy.bench.ts
import { availableParallelism, cpus } from 'node:os'
import { ZenEngine } from '@gorules/zen-engine'
import { Environment } from '@marcbachmann/cel-js'
import { LogicEngine } from 'json-logic-engine'
import { Engine } from 'json-rules-engine'
import { analyse, compileTable, type Table } from '#kernel/policy'

const rounds = 7
const fields = { dpd: 'int', emi: 'money', bucket: { enum: ['SMA0', 'SMA1', 'SMA2', 'NPA'] } } as const
const buckets = fields.bucket.enum

type Case = {
  readonly bucket: string
  readonly dpd: readonly [number, number]
  readonly emi: readonly [number, number]
  readonly points: number
}
type Input = { readonly bucket: string; readonly dpd: number; readonly emi: number }

const end = 1_000_000_000

/** The grid of buckets × ranges of days × ranges of money, in the order of the rows. */
function grid(days: number, amounts: number): readonly Case[] {
  const cases: Case[] = []
  const width = Math.floor(200 / days)
  for (const bucket of buckets)
    for (let day = 0; day < days; day++)
      for (let amount = 0; amount < amounts; amount++)
        cases.push({
          bucket,
          dpd: [day * width, day === days - 1 ? end : (day + 1) * width],
          emi: [amount * 100_000, amount === amounts - 1 ? end : (amount + 1) * 100_000],
          points: cases.length,
        })
  return cases
}

function tableOf(cases: readonly Case[]): Table {
  const rows = cases.map(({ bucket, dpd, emi, points }) => ({
    when: { bucket: `"${bucket}"`, dpd: `[${dpd[0]}..${dpd[1]})`, emi: `[${emi[0]}..${emi[1]})` },
    outcome: { points },
  }))
  return { name: 'grid', hit: 'first', inputs: ['bucket', 'dpd', 'emi'], outputs: { points: 'int' }, rows }
}

const inputs: readonly Input[] = Array.from({ length: 1_000 }, (_, index) => ({
  bucket: buckets[index % 4] as string,
  dpd: (index * 37) % 220,
  emi: (index * 7_919) % 1_200_000,
}))

type Contender = { readonly name: string; readonly calls: number; readonly run: (input: Input) => unknown }

function ours(name: string, cases: readonly Case[], given: (input: Input) => Readonly<Record<string, unknown>>): Contender {
  const policy = compileTable(tableOf(cases), fields)
  const prepared = new Map(inputs.map((input) => [input, given(input)]))
  const rows = inputs.map((input) => prepared.get(input) as Readonly<Record<string, unknown>>)
  let at = 0
  return {
    name,
    calls: 2_000_000,
    run: () => {
      at = at === 999 ? 0 : at + 1
      return policy.decide(rows[at] as Readonly<Record<string, unknown>>).outcome?.['points']
    },
  }
}

function cel(cases: readonly Case[]): Contender {
  const environment = new Environment().registerVariable('dpd', 'int').registerVariable('emi', 'int').registerVariable('bucket', 'string')
  const text = ({ bucket, dpd, emi }: Case): string =>
    `bucket == "${bucket}" && dpd >= ${dpd[0]} && dpd < ${dpd[1]} && emi >= ${emi[0]} && emi < ${emi[1]}`
  const rows = cases.map((each) => ({ test: environment.parse(text(each)), points: each.points }))
  const run = ({ bucket, dpd, emi }: Input): unknown => {
    const context = { bucket, dpd: BigInt(dpd), emi: BigInt(emi) }
    return rows.find((row) => row.test(context) === true)?.points
  }
  return { name: 'cel-js 8', calls: 20_000, run }
}

function jsonLogic(cases: readonly Case[]): Contender {
  const engine = new LogicEngine()
  const test = ({ bucket, dpd, emi }: Case): object => ({
    and: [
      { '===': [{ var: 'bucket' }, bucket] },
      { '>=': [{ var: 'dpd' }, dpd[0]] },
      { '<': [{ var: 'dpd' }, dpd[1]] },
      { '>=': [{ var: 'emi' }, emi[0]] },
      { '<': [{ var: 'emi' }, emi[1]] },
    ],
  })
  const built = engine.build({ if: [...cases.flatMap((each) => [test(each), each.points]), null] }) as (input: Input) => unknown
  return { name: 'json-logic-engine 5, built', calls: 200_000, run: built }
}

function jsonRules(cases: readonly Case[]): Contender {
  const engine = new Engine([], { allowUndefinedFacts: true })
  for (const { bucket, dpd, emi, points } of cases)
    engine.addRule({
      conditions: {
        all: [
          { fact: 'bucket', operator: 'equal', value: bucket },
          { fact: 'dpd', operator: 'greaterThanInclusive', value: dpd[0] },
          { fact: 'dpd', operator: 'lessThan', value: dpd[1] },
          { fact: 'emi', operator: 'greaterThanInclusive', value: emi[0] },
          { fact: 'emi', operator: 'lessThan', value: emi[1] },
        ],
      },
      event: { type: 'points', params: { points } },
    })
  const run = async (input: Input): Promise<unknown> => (await engine.run({ ...input })).events[0]?.params?.['points']
  return { name: 'json-rules-engine 7', calls: 200, run }
}

function zen(cases: readonly Case[]): Contender {
  const rules = cases.map(({ bucket, dpd, emi, points }) => ({
    _id: String(points),
    b: `"${bucket}"`,
    d: `[${dpd[0]}..${dpd[1]})`,
    e: `[${emi[0]}..${emi[1]})`,
    o: String(points),
  }))
  const field = (id: string, name: string): object => ({ id, name, field: name })
  const content = {
    hitPolicy: 'first',
    inputs: [field('b', 'bucket'), field('d', 'dpd'), field('e', 'emi')],
    outputs: [field('o', 'points')],
    rules,
  }
  const model = {
    nodes: [
      { id: 'in', type: 'inputNode', name: 'in', position: { x: 0, y: 0 } },
      { id: 't', type: 'decisionTableNode', name: 't', position: { x: 0, y: 0 }, content },
      { id: 'out', type: 'outputNode', name: 'out', position: { x: 0, y: 0 } },
    ],
    edges: [
      { id: '1', sourceId: 'in', targetId: 't', type: 'edge' },
      { id: '2', sourceId: 't', targetId: 'out', type: 'edge' },
    ],
  }
  const decision = new ZenEngine().createDecision(Buffer.from(JSON.stringify(model)))
  const run = async (input: Input): Promise<unknown> => ((await decision.evaluate(input)).result as { points?: unknown }).points
  return { name: 'GoRules ZEN 0.54', calls: 2_000, run }
}

async function nanoseconds({ run, calls }: Contender): Promise<number> {
  const before = process.cpuUsage()
  const isAsync = run(inputs[0] as Input) instanceof Promise
  if (isAsync) for (let call = 0; call < calls; call++) await run(inputs[call % 1_000] as Input)
  else for (let call = 0; call < calls; call++) run(inputs[call % 1_000] as Input)
  const used = process.cpuUsage(before)
  return ((used.user + used.system) * 1_000) / calls
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number

async function checkAnswers(contenders: readonly Contender[], cases: readonly Case[]): Promise<void> {
  const inside = (value: number, [low, high]: readonly [number, number]): boolean => value >= low && value < high
  for (const { name, run } of contenders)
    for (const input of inputs.slice(0, 100)) {
      const expected = cases.find(
        (each) => each.bucket === input.bucket && inside(input.dpd, each.dpd) && inside(input.emi, each.emi),
      )?.points
      const answer = await run(input)
      if (answer !== expected) throw new Error(`${name} says ${String(answer)}, not ${String(expected)}, for ${JSON.stringify(input)}`)
    }
}

async function decisions(): Promise<void> {
  const small = grid(5, 3)
  const large = grid(25, 10)
  const peers = [cel(small), jsonLogic(small), jsonRules(small), zen(small)]
  await checkAnswers(peers, small)
  const plain = (input: Input): Readonly<Record<string, unknown>> => ({ ...input })
  const contenders = [
    ours('ours, 60 rows', small, plain),
    ours('ours, 1,000 rows', large, plain),
    ours('ours, 60 rows, money as bigint', small, (input) => ({ ...input, emi: BigInt(input.emi) })),
    ours('ours, 1,000 rows, money as bigint', large, (input) => ({ ...input, emi: BigInt(input.emi) })),
    ours('ours, 60 rows, money as digits', small, (input) => ({ ...input, emi: String(input.emi) })),
    ...peers,
  ]
  const times = new Map<string, number[]>(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds + 1; round++)
    for (const contender of contenders) {
      const cost = await nanoseconds(contender)
      if (round > 0) times.get(contender.name)?.push(cost)
    }
  const cost = (name: string): number => median(times.get(name) ?? [])
  const own = cost('ours, 60 rows')
  for (const { name } of contenders)
    console.log(
      `${name.padEnd(36)} ${cost(name).toFixed(0).padStart(9)} ns  ${(1e9 / cost(name) / 1e6).toFixed(4).padStart(9)} M/s a core  ${(cost(name) / own).toFixed(2).padStart(10)} × our 60 rows`,
    )
}

/** Ranges that overlap here and there, with gaps between them. */
function crossed(): Table {
  const rows = Array.from({ length: 1_000 }, (_, index) => ({
    when: {
      dpd: `[${(index * 13) % 360}..${((index * 13) % 360) + 2})`,
      emi: `[${(index * 7_919) % 900_000}..${((index * 7_919) % 900_000) + 90_000})`,
      ...(index % 3 === 0 ? { bucket: `"${buckets[index % 4]}"` } : {}),
    },
    outcome: { points: index },
  }))
  return { name: 'crossed', hit: 'first', inputs: ['bucket', 'dpd', 'emi'], outputs: { points: 'int' }, rows }
}

function analyses(): void {
  const tables = {
    'a grid without gaps': { ...tableOf(grid(25, 10)), domain: { dpd: `[0..${end})`, emi: `[0..${end})` } },
    'crossing ranges': crossed(),
  }
  for (const [name, table] of Object.entries(tables)) {
    const times: number[] = []
    for (let round = 0; round < rounds; round++) {
      const before = process.cpuUsage()
      analyse(table, fields)
      times.push(process.cpuUsage(before).user / 1_000)
    }
    const found = analyse(table, fields)
    const told = `${found.overlapCount} overlaps, ${found.gaps.length} gaps shown, ${found.unreachable.length} unreachable, ${found.complete ? 'complete' : 'not complete'}`
    console.log(`analysis of 1,000 rows, ${name}: ${median(times).toFixed(0)} ms (${told})`)
  }
}

console.log(`${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, node ${process.version}`)
await decisions()
analyses()

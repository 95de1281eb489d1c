#!/usr/bin/env node
// parse + transform + stringify against Java Jolt 0.1.8 and JSONata, one thread, rounds in turn within one run. Processor time of that one
// thread is measured, so that a busy machine moves it little (what Java's collectors do on threads of their own is not counted).
// Java joins when JOLT_JARS names a folder with the jars of com.bazaarvoice.jolt:jolt-core:0.1.8 and com.bazaarvoice.jolt:json-utils:0.1.8
// (with their dependencies: `mvn dependency:copy-dependencies`); a JDK of 11 or later must be on the path.
import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { compile, compileJsonata, parse, stringify } from 'holdfast/transform'
import { CASES, JSONATA } from './transform-cases.ts'

const ROUNDS = 15
const WARM_ROUNDS = 6
const PASSES = 4_000
const JSONATA_PASSES = 300

const JAVA = `
import com.bazaarvoice.jolt.*; import java.io.*; import java.util.*; import java.nio.file.*; import java.lang.management.*;
public class JoltBench { public static void main(String[] a) throws Exception {
  List<Object> cases = JsonUtils.jsonToList(new String(Files.readAllBytes(Paths.get(a[0])), "UTF-8")); int passes = Integer.parseInt(a[1]);
  List<Chainr> chains = new ArrayList<>(); List<String> inputs = new ArrayList<>();
  for (Object c : cases) { chains.add(Chainr.fromSpec(((Map) c).get("spec"))); inputs.add((String) ((Map) c).get("input")); }
  BufferedReader in = new BufferedReader(new InputStreamReader(System.in)); long sum = 0; String line; ThreadMXBean mx = ManagementFactory.getThreadMXBean();
  while ((line = in.readLine()) != null) { int k = Integer.parseInt(line); long t = mx.getCurrentThreadCpuTime();
    for (int i = 0; i < passes; i++) sum += JsonUtils.toJsonString(chains.get(k).transform(JsonUtils.jsonToObject(inputs.get(k)))).length();
    System.out.println((mx.getCurrentThreadCpuTime() - t) / (double) passes); System.out.flush(); } System.err.println(sum); } }
`

type Java = { round: (index: number) => Promise<number>; end: () => void }

function startJava(jars: string): Java {
  const folder = mkdtempSync(join(tmpdir(), 'transform-bench-'))
  writeFileSync(join(folder, 'JoltBench.java'), JAVA)
  writeFileSync(join(folder, 'cases.json'), JSON.stringify(CASES))
  const java = spawn('java', ['-cp', join(jars, '*'), join(folder, 'JoltBench.java'), join(folder, 'cases.json'), String(PASSES)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const answers = createInterface({ input: java.stdout })[Symbol.asyncIterator]()
  return {
    round: async (index) => {
      java.stdin.write(`${index}\n`)
      return Number((await answers.next()).value)
    },
    end: () => java.stdin.end(),
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Processor time of this thread so far, in nanoseconds. */
function spent(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) * 1000
}

/** Java's text lies in one piece; reading a character makes ours do so, and counts. */
function flat(text: string): number {
  return text.length + (text.charCodeAt(text.length >> 1) & 1)
}

function ours(index: number): number {
  const { transform, input } = compiled[index] ?? { transform: compile([{ operation: 'sort' }]), input: '{}' }
  const start = spent()
  for (let i = 0; i < PASSES; i++) length += flat(stringify(transform.run(parse(input))))
  return (spent() - start) / PASSES
}

async function jsonata(): Promise<number> {
  const start = spent()
  for (let i = 0; i < JSONATA_PASSES; i++) length += JSON.stringify(await expression.run(JSON.parse(JSONATA.input))).length
  return (spent() - start) / JSONATA_PASSES
}

const compiled = CASES.map(({ spec, input }) => ({ transform: compile(spec), input }))
const expression = compileJsonata(JSONATA.text)
let length = 0
const jars = process.env['JOLT_JARS']
const java = jars === undefined ? undefined : startJava(jars)
console.log(`${cpus()[0]?.model ?? 'unknown'} × ${cpus().length}, node ${process.version}, ${PASSES} passes a round, ${ROUNDS} rounds`)
const ratios: number[] = []
for (let i = 0; i < CASES.length; i++) for (let round = 0; round < WARM_ROUNDS; round++) await java?.round(i).then(() => ours(i), undefined)
for (const [i, { name }] of CASES.entries()) {
  const mine: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    mine.push(ours(i))
    if (java !== undefined) theirs.push(await java.round(i))
  }
  const ratio = median(theirs) / median(mine)
  ratios.push(ratio)
  console.log(
    `${name}: ${(median(mine) / 1000).toFixed(2)} µs${java === undefined ? '' : `, Java ${(median(theirs) / 1000).toFixed(2)} µs: ${ratio.toFixed(2)} × Java`}`,
  )
}
java?.end()
if (java !== undefined) {
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length)
  console.log(`geometric mean: ${mean.toFixed(2)} × Java, median ${median(ratios).toFixed(2)}`)
}
const first: number[] = []
const second: number[] = []
for (let round = 0; round < 5; round++) {
  first.push(ours(0))
  second.push(await jsonata())
}
console.log(
  `JSONata on the first case: ${(median(second) / 1000).toFixed(2)} µs, ours ${(median(second) / median(first)).toFixed(1)} × as fast (${length} characters written)`,
)

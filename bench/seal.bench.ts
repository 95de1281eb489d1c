// How fast the log is sealed and verified. Yardstick of both: reading the same bytes and hashing each row once with node:crypto, in the same run.
import { createHash, generateKeyPairSync, hash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import { salted } from '#kernel/digest'
import { Frontier, leafOf, signCheckpoint } from '#kernel/proof'
import { verifyExport } from '#kernel/verify'

const transfers = 70_000
const accounts = 1_000
const rounds = 5
const folder = mkdtempSync(path.join(tmpdir(), 'hf-seal-bench-'))

interface Chain {
  n: number
  posted: bigint
  head: string
}

function legsOf(i: number, id: string, chains: readonly Chain[]): object[] {
  return [100n, -100n].map((amount, side) => {
    const index = (i * 7 + side * 13) % accounts
    const chain = chains[index] ?? { n: 0, posted: 0n, head: '' }
    const account = `wallet:${index}`
    chain.n++
    chain.posted += amount
    chain.head = hash('sha256', JSON.stringify([chain.head, account, String(chain.n), id, String(amount), String(chain.posted)]))
    return { account, unit: 'INR', n: String(chain.n), amount: String(amount), posted: String(chain.posted), hash: chain.head }
  })
}

/** An export of a busy lender: transfers of two legs, an audit record and an event for each. */
function makeExport(): number {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const chains = Array.from({ length: accounts }, (): Chain => ({ n: 0, posted: 0n, head: '0'.repeat(64) }))
  const lines: Record<string, string[]> = { transfer: [], audit: [], event: [] }
  const frontier = new Frontier()
  const leaves: Buffer[] = []
  const index: string[] = []
  const notes: string[] = []
  const at = '2026-11-21T06:30:00.123Z'
  const add = (stream: string, id: string, body: string): void => {
    const { salt, digest } = salted(body)
    lines[stream]?.push(
      `{"seq":${leaves.length},"id":"${id}","digest":"${digest.toString('hex')}","salt":"${salt.toString('hex')}","body":${body}}\n`,
    )
    index.push(`${leaves.length}\t${stream}\t"${id}"\n`)
    const leaf = leafOf(stream, id, digest)
    leaves.push(leaf)
    frontier.append(leaf)
  }
  for (let i = 0; i < transfers; i++) {
    const id = `transfer_${String(i).padStart(26, '0')}`
    const legs = legsOf(i, id, chains)
    add(
      'transfer',
      id,
      JSON.stringify({ id, key: `payment-${i}`, at, bookedOn: '2026-11-21', operation: 'lending.repay', person: 'person_1', legs }),
    )
    const audit = `audit_${String(i).padStart(26, '0')}`
    add(
      'audit',
      audit,
      JSON.stringify({
        id: audit,
        at,
        operation: 'lending.repay',
        person: 'person_1',
        outcome: 'done',
        arguments: { loan: 'loan_1', amount: 100 },
        durationUs: 700,
      }),
    )
    const event = `event_${String(i).padStart(26, '0')}`
    add(
      'event',
      event,
      JSON.stringify({
        id: event,
        type: 'lending.repaid.v1',
        key: 'loan_1',
        at,
        principal: 'person_1',
        data: { loan: 'loan_1', paid: 100 },
      }),
    )
    if (i % 1_000 === 999)
      notes.push(signCheckpoint({ origin: 'holdfast', size: frontier.size, root: frontier.root(), time: at }, privateKey, publicKey))
  }
  writeExport({ lines, chains, leaves, index, notes, publicPem: publicKey.export({ type: 'spki', format: 'pem' }) as string })
  return leaves.length
}

interface Made {
  readonly lines: Readonly<Record<string, readonly string[]>>
  readonly chains: readonly Chain[]
  readonly leaves: readonly Buffer[]
  readonly index: readonly string[]
  readonly notes: readonly string[]
  readonly publicPem: string
}

function writeExport({ lines, chains, leaves, index, notes, publicPem }: Made): void {
  for (const [stream, text] of Object.entries(lines)) writeFileSync(path.join(folder, `${stream}.ndjson`), text.join(''))
  const told = chains.map(
    ({ n, posted, head }, index) => `${JSON.stringify({ account: `wallet:${index}`, n: String(n), posted: String(posted), head })}\n`,
  )
  writeFileSync(path.join(folder, 'accounts.ndjson'), told.join(''))
  writeFileSync(path.join(folder, 'orphans.ndjson'), '')
  writeFileSync(path.join(folder, 'leaves.bin'), Buffer.concat(leaves))
  writeFileSync(path.join(folder, 'index.tsv'), index.join(''))
  writeFileSync(path.join(folder, 'checkpoints.txt'), notes.map((note) => `${note}\n`).join(''))
  writeFileSync(path.join(folder, 'public.pem'), publicPem)
  const streams = ['audit', 'event', 'transfer'].map((name) => ({ name, rows: lines[name]?.length ?? 0, books: name === 'transfer' }))
  writeFileSync(
    path.join(folder, 'manifest.json'),
    JSON.stringify({ format: 'holdfast.export.v1', at: '2026-11-21T06:30:00.123Z', size: leaves.length, streams }),
  )
}

/** The least anyone could do: each line read and hashed once. */
function hashLines(): void {
  for (const stream of ['audit', 'event', 'transfer']) {
    const bytes = readFileSync(path.join(folder, `${stream}.ndjson`))
    for (let start = 0, end = bytes.indexOf(10); end !== -1; start = end + 1, end = bytes.indexOf(10, start))
      createHash('sha256').update(bytes.subarray(start, end)).digest()
  }
}

function verify(): void {
  const { finding } = verifyExport({ folder, key: path.join(folder, 'public.pem'), checkpoints: path.join(folder, 'checkpoints.txt') })
  if (finding !== undefined) throw new Error(JSON.stringify(finding))
}

/** What the sealer computes for a row once it is read: leaf and frontier. */
function seal(rows: number): void {
  const frontier = new Frontier()
  const { digest } = salted('{}')
  for (let i = 0; i < rows; i++) frontier.append(leafOf('audit', `audit_${i}`, digest))
  frontier.root()
}

/** Processor time: it is one thread's work, and this machine may be shared. */
function seconds(work: () => void): number {
  const started = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(started)
  return (user + system) / 1_000_000
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

try {
  const rows = makeExport()
  const times = { hashed: [] as number[], verified: [] as number[], sealed: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    times.hashed.push(seconds(hashLines))
    times.verified.push(seconds(verify))
    times.sealed.push(seconds(() => seal(rows)))
  }
  const [hashed, verified, sealed] = [median(times.hashed), median(times.verified), median(times.sealed)]
  const rate = (count: number, s: number): string => `${Math.round(count / s / 1_000)}k/s`
  process.stdout.write(
    `${availableParallelism()} cores, Node ${process.versions.node}; ${rows} rows, medians of ${rounds} alternating rounds of processor time\n`,
  )
  process.stdout.write(
    `verify        ${rate(rows, verified)} rows and their chains; ${rate(rows + 2 * transfers, verified)} with entries of accounts\n`,
  )
  process.stdout.write(`hash only     ${rate(rows, hashed)} rows; verify costs ${(verified / hashed).toFixed(2)} of it\n`)
  process.stdout.write(`leaf and tree ${rate(rows, sealed)} rows\n`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

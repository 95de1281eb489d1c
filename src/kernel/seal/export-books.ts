import path from 'node:path'
import type { Connection } from '#kernel/db'
import type { Books } from '#kernel/digest'
import { ExportFile } from './export-file.ts'
import { parsed } from './row-line.ts'
import type { SealedRow } from './row-line.ts'

interface Entry {
  readonly transfer: string
  readonly account: string
  readonly n: bigint
  readonly amount: bigint
  readonly posted: bigint
  readonly hash: string
}

const PAGE = 5_000
const ORPHANS_MAX = 1_000

/** Adds `entries` to what differs where the entries in their table are not the legs of their transfer's body. */
export async function legsDiffer(connection: Connection, books: Books, rows: ReadonlyMap<string, SealedRow>): Promise<void> {
  const legs = new Map([...rows].map(([id, { body }]) => [id, legsOf(body)]))
  const places = [...legs.values()].flat().filter(isPlaced)
  const found = await connection.query<Entry>(books.entries(places.map(({ account, n }) => ({ account, n: BigInt(n) }))))
  const entries = Map.groupBy(found, ({ transfer }) => transfer)
  for (const [id, row] of rows) {
    const mine = entries.get(id) ?? []
    if (legs.get(id)?.map(toldLeg).sort().join() !== mine.map(told).sort().join()) row.differs['entries'] = mine
  }
}

function told({ account, n, amount, posted, hash }: Entry): string {
  return JSON.stringify([account, String(n), String(amount), String(posted), hash])
}

type Leg = Readonly<Record<string, unknown>>

function toldLeg(leg: Leg): string {
  return JSON.stringify([leg['account'], leg['n'], leg['amount'], leg['posted'], leg['hash']])
}

function legsOf(body: string): readonly Leg[] {
  const { legs } = parsed(body)
  return Array.isArray(legs) ? legs.filter((leg) => typeof leg === 'object' && leg !== null) : []
}

/** Whether a leg says where its entry stands. One that was tampered with may say anything. */
function isPlaced(leg: Leg): leg is Leg & { readonly account: string; readonly n: string } {
  return typeof leg['account'] === 'string' && !leg['account'].includes('\0') && typeof leg['n'] === 'string' && /^\d{1,18}$/.test(leg['n'])
}

/** accounts.ndjson: every account as its table has it. orphans.ndjson: entries without a transfer, or beyond their account's chain; empty if all is well. */
export async function exportBooks(connection: Connection, books: Books, folder: string): Promise<void> {
  const accounts = await ExportFile.open(path.join(folder, 'accounts.ndjson'))
  for (let after = ''; ;) {
    const page = await connection.query<{ account: string; n: bigint; posted: bigint; head: string }>(books.accounts(after, PAGE))
    for (const { account, n, posted, head } of page)
      await accounts.line(JSON.stringify({ account, n: String(n), posted: String(posted), head }))
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) break
    after = last.account
  }
  await accounts.close()
  const orphans = await ExportFile.open(path.join(folder, 'orphans.ndjson'))
  for (const entry of await connection.query<Entry>(books.orphans(ORPHANS_MAX))) {
    await orphans.line(JSON.stringify({ ...entry, n: String(entry.n), amount: String(entry.amount), posted: String(entry.posted) }))
  }
  await orphans.close()
}

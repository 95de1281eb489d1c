import { createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { HASH_BYTES } from '#kernel/proof'
import { BookChecker } from './books.ts'
import { cutOff, diagnose, rewritten } from './diagnose.ts'
import type { Scene } from './diagnose.ts'
import { eachLine } from './lines.ts'
import { indexFinding, manifestFinding } from './listing.ts'
import type { Manifest } from './listing.ts'
import { openNotes } from './notes.ts'
import type { Notes, Signed } from './notes.ts'
import { firstDifference, sizeOf, standingOf } from './record.ts'
import type { LeafRecord, Standing } from './record.ts'
import { readRows, rowTable } from './rows.ts'
import type { Placed, RowTable } from './rows.ts'
import { Unusable } from './verdict.ts'
import type { Finding, Verdict } from './verdict.ts'

export interface VerifyOptions {
  readonly folder: string
  /** PEM of the public key, known by another way than the export. */
  readonly key: string
  /** A checkpoints file from outside the export; `leaves.bin` beside it, if there is one, finds a rewritten row exactly. */
  readonly checkpoints: string
}

const FORMAT = 'holdfast.export.v1'
const STREAM = /^[a-z_]{1,40}$/

/**
 * Judges an export by the checkpoints alone: every digest, leaf and root is computed anew, and every account's chain. Returns the first bad
 * row and what was done to it. Throws Unusable where there is nothing to judge. Needs no database; memory is 65 bytes a row of the log.
 */
export function verifyExport({ folder, key, checkpoints }: VerifyOptions): Verdict {
  const manifest = manifestOf(folder)
  const publicKey = keyOf(key)
  const opened = new Map<string, Signed>()
  const trusted = openNotes(textOf(checkpoints), publicKey, opened)
  const covered = trusted.signed.at(-1)?.size ?? 0
  if (trusted.signed.length === 0 && trusted.finding === undefined) throw new Unusable(`${checkpoints} holds no checkpoint`)
  const own = ownNotes(folder, publicKey, opened)
  const records = recordsOf(folder, checkpoints)
  const exported = sizeOf(records.exported)
  const size = Math.max(covered, exported)
  const table = rowTable(Math.max(size, ...records.all.map(sizeOf)))
  const books = new BookChecker()
  for (const { name, books: has } of manifest.streams) readRows(table, name, fileOf(folder, `${name}.ndjson`), has ? books : undefined)
  const scene = { folder, streams: manifest.streams.map(({ name }) => name), size }
  const finding =
    rowFinding(scene, table, trusted.signed, records) ??
    trusted.finding ??
    recordFinding(table, own, records, covered) ??
    (manifest.streams.some((stream) => stream.books) ? bookFinding(folder, books) : undefined) ??
    indexFinding(fileOf(folder, 'index.tsv'), table, exported) ??
    manifestFinding(manifest, { leaves: exported, lines: table.lines, accounts: existsSync(path.join(folder, 'accounts.ndjson')) })
  const rows = table.present.reduce((sum, present) => sum + present, 0)
  return {
    finding,
    counts: {
      rows,
      uncovered: Math.max(0, exported - covered),
      fresh: table.fresh,
      checkpoints: opened.size,
      entries: books.entries,
      accounts: books.accounts,
    },
  }
}

interface Records {
  readonly exported: LeafRecord
  readonly all: readonly LeafRecord[]
}

function recordsOf(folder: string, checkpoints: string): Records {
  const exported: LeafRecord = { name: 'export', leaves: readFileSync(fileOf(folder, 'leaves.bin')) }
  const outside = path.join(path.dirname(checkpoints), 'leaves.bin')
  if (!existsSync(outside) || path.resolve(path.dirname(checkpoints)) === path.resolve(folder)) return { exported, all: [exported] }
  return { exported, all: [{ name: 'outside', leaves: readFileSync(outside) }, exported] }
}

/** What is wrong with the rows: judged by a record of the leaves that the signed checkpoints vouch for, if there is one. */
function rowFinding(scene: Omit<Scene, 'table' | 'log'>, table: RowTable, signed: readonly Signed[], records: Records): Placed | undefined {
  const covered = signed.at(-1)?.size ?? 0
  const rows: LeafRecord = { name: 'rows', leaves: table.leaves.subarray(0, scene.size * HASH_BYTES) }
  const standings: Standing[] = []
  for (const record of [...records.all, rows]) {
    const standing = standingOf(record, signed)
    if (standing.bad === undefined && sizeOf(record) >= covered) {
      return first([
        ...table.issues.values(),
        diagnose({ ...scene, table, log: completed(record, records.exported, scene.size) }),
        table.differs,
      ])
    }
    standings.push(standing)
  }
  const best = standings.filter(({ record }) => record.name !== 'rows').reduce((a, b) => (b.good > a.good ? b : a))
  const reached = Math.min(scene.size, sizeOf(best.record))
  const log = completed(best.record, records.exported, scene.size)
  const inside = first([...table.issues.values(), diagnose({ ...scene, table, log, size: reached }), table.differs])
  const whole = best.bad === undefined ? cutOff(best.record, covered) : rewritten({ ...scene, log: best.record }, best.good, best.bad)
  return inside !== undefined && inside.seq < (best.bad ?? whole.seq) ? inside : whole
}

/** The outside record may end before the export does: its rest is then the export's own, which its own checkpoints must vouch for. */
function completed(record: LeafRecord, exported: LeafRecord, size: number): LeafRecord {
  if (sizeOf(record) >= size) return record
  return {
    name: record.name,
    leaves: Buffer.concat([record.leaves.subarray(0, sizeOf(record) * HASH_BYTES), exported.leaves.subarray(sizeOf(record) * HASH_BYTES)]),
  }
}

/** The rows are sound: now the export's own leaves and checkpoints, and what vouches for rows past the last checkpoint given. */
function recordFinding(table: RowTable, own: Notes, { exported, all }: Records, covered: number): Finding | undefined {
  const size = sizeOf(exported)
  for (const { name, leaves } of all) {
    const seq = firstDifference(table.leaves, leaves, Math.min(size, Math.floor(leaves.length / HASH_BYTES)))
    if (seq !== undefined)
      return {
        stream: 'leaf',
        row: String(seq),
        kind: 'changed',
        detail: `leaves.bin (${name}) has another hash than the row, the checkpoints have the row's`,
        seq,
      }
  }
  if (own.finding !== undefined) return own.finding
  const { bad, good } = standingOf({ name: 'rows', leaves: table.leaves }, own.signed)
  if (bad !== undefined)
    return { stream: 'checkpoint', row: `size ${bad}`, kind: 'rewritten', detail: 'the rows have another root at this size' }
  if (size > covered && good < size)
    return {
      stream: 'leaf',
      row: String(Math.max(good, covered)),
      kind: 'inserted',
      detail: 'no signed checkpoint covers it',
      seq: Math.max(good, covered),
    }
  if (exported.leaves.length % HASH_BYTES !== 0)
    return { stream: 'leaf', row: String(size), kind: 'changed', detail: 'leaves.bin ends within a hash', seq: size }
  return undefined
}

function bookFinding(folder: string, books: BookChecker): Finding | undefined {
  let orphan: Finding | undefined
  eachLine(fileOf(folder, 'orphans.ndjson'), (bytes, start, end) => {
    const entry = /"transfer":"([^"]*)","account":"([^"]*)","n":"(\d+)"/.exec(bytes.toString('utf8', start, end))
    orphan ??= {
      stream: 'entry',
      row: `${entry?.[2] ?? '?'}#${entry?.[3] ?? '?'}`,
      kind: 'inserted',
      detail: `its transfer ${entry?.[1] ?? '?'} is not there`,
    }
  })
  eachLine(fileOf(folder, 'accounts.ndjson'), (bytes, start, end) => books.account(bytes.toString('utf8', start, end)))
  return orphan ?? books.finding()
}

/** The earliest; of two at one row the first given: what a row shows by itself says more than that the log has another there. */
function first(findings: readonly (Placed | undefined)[]): Placed | undefined {
  return findings.reduce((least, one) => (one !== undefined && (least === undefined || one.seq < least.seq) ? one : least), undefined)
}

function ownNotes(folder: string, key: KeyObject, opened: Map<string, Signed>): Notes {
  try {
    return openNotes(textOf(fileOf(folder, 'checkpoints.txt')), key, opened)
  } catch (error) {
    if (!(error instanceof Unusable)) throw error
    return {
      signed: [],
      finding: { stream: 'checkpoint', row: 'note 1', kind: 'changed', detail: "the export's own checkpoints are signed with another key" },
    }
  }
}

function manifestOf(folder: string): Manifest {
  try {
    const manifest = JSON.parse(textOf(path.join(folder, 'manifest.json'))) as Manifest
    if (manifest.format === FORMAT && manifest.streams.length > 0 && manifest.streams.every(({ name }) => STREAM.test(name)))
      return manifest
  } catch {
    // Told below: whatever it is, it is no manifest.
  }
  throw new Unusable(`${folder} is no export of the form ${FORMAT}`)
}

function keyOf(file: string): KeyObject {
  const pem = textOf(file)
  try {
    const key = createPublicKey(pem)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // Told below.
  }
  throw new Unusable(`${file} holds no Ed25519 public key in PEM`)
}

function fileOf(folder: string, name: string): string {
  const file = path.join(folder, name)
  if (!existsSync(file)) throw new Unusable(`${file} is not there`)
  return file
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Unusable(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

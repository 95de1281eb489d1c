import { readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { bindKeys, identifier, joined, keys, makeFolder, sql } from '#kernel/db'
import type { Connection } from '#kernel/db'
import type { SealedStream } from '#kernel/digest'
import { exportBooks, legsDiffer } from './export-books.ts'
import { ExportFile } from './export-file.ts'
import { CHECKPOINTS_FILE, LEAVES_FILE } from './log-files.ts'
import { logState } from './log-store.ts'
import { parsed, rowLine } from './row-line.ts'
import type { SealedRow } from './row-line.ts'

export interface ExportOptions {
  readonly connection: Connection
  readonly streams: readonly SealedStream[]
  /** Made if absent; refused unless empty. */
  readonly folder: string
  readonly publicPem: string
  readonly at: string
  /** Told how many leaves are written, every page. */
  readonly progress?: (done: number, size: number) => void
}

export interface Exported {
  readonly size: number
  readonly rows: Readonly<Record<string, number>>
}

const PAGE = 5_000
const LOOSE_MAX = 100_000

/**
 * Writes the log and all its rows as of one moment (one read-only snapshot) to a folder that `bin/verify` and any stranger can judge:
 * docs/guides/verify-an-export.md is its format. It tells what is there, also what is wrong with it, and judges nothing.
 */
export async function exportLog(options: ExportOptions): Promise<Exported> {
  const { connection, streams, folder } = options
  await makeFolder(folder)
  if ((await readdir(folder)).length > 0) throw new Error(`${folder} is not empty: an export goes into a folder of its own`)
  await connection.begin({ readOnly: true })
  try {
    const { frontier, progress } = await logState(connection)
    const files = new Map<string, ExportFile>()
    for (const { name } of streams) files.set(name, await ExportFile.open(path.join(folder, `${name}.ndjson`)))
    await writeRows(options, frontier.size, files)
    for (const stream of streams) {
      const file = files.get(stream.name)
      if (file) await writeLoose(connection, stream, progress.get(stream.name) ?? { tx: 0n, id: '' }, file)
      await file?.close()
    }
    await writeCheckpoints(connection, folder, frontier.size)
    for (const { books } of streams) if (books !== undefined) await exportBooks(connection, books, folder)
    const rows = Object.fromEntries([...files].map(([name, file]) => [name, file.lines]))
    const manifest = {
      format: 'holdfast.export.v1',
      at: options.at,
      size: frontier.size,
      streams: streams.map(({ name, books }) => ({ name, rows: rows[name] ?? 0, books: books !== undefined })),
    }
    await writeFile(path.join(folder, 'public.pem'), options.publicPem)
    await writeFile(path.join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    return { size: frontier.size, rows }
  } finally {
    await connection.rollback()
  }
}

/** Leaves in order, a page at a time, each page's rows to the file of their stream. A row that is gone leaves no line: its number is missed. */
async function writeRows(
  { connection, streams, folder, progress }: ExportOptions,
  size: number,
  files: ReadonlyMap<string, ExportFile>,
): Promise<void> {
  const leaves = await ExportFile.open(path.join(folder, LEAVES_FILE))
  const index = await ExportFile.open(path.join(folder, 'index.tsv'))
  for (let from = 0; from < size; from += PAGE) {
    const page = await connection.query<{ seq: bigint; stream: string; row_id: string; hash: Buffer }>(
      sql`select seq, stream, row_id, hash from seal.leaf where seq >= ${from} and seq < ${from + PAGE} order by seq`,
    )
    await leaves.write(Buffer.concat(page.map(({ hash }) => hash)))
    for (const { seq, stream, row_id } of page) await index.line(`${seq}\t${stream}\t${JSON.stringify(row_id)}`)
    for (const stream of streams) {
      const file = files.get(stream.name)
      const mine = page.filter((leaf) => leaf.stream === stream.name)
      if (file === undefined || mine.length === 0) continue
      const rows = await rowsOf(
        connection,
        stream,
        mine.map((leaf) => leaf.row_id),
      )
      for (const leaf of mine) {
        const row = rows.get(leaf.row_id)
        if (row !== undefined) await file.line(rowLine(leaf.seq, row))
      }
    }
    progress?.(Math.min(size, from + PAGE), size)
  }
  await leaves.close()
  await index.close()
}

async function rowsOf(connection: Connection, stream: SealedStream, ids: readonly string[]): Promise<Map<string, SealedRow>> {
  const columns = joined(
    ['id', 'body', 'salt', 'digest', ...Object.keys(stream.columns)].map((column) => sql`${identifier(column)}`),
    ', ',
  )
  const found = await connection.query<Record<string, unknown>>(
    bindKeys(sql`select ${columns} from ${identifier(...stream.table)} where id = any(${keys('text')})`, ids),
  )
  const rows = new Map<string, SealedRow>()
  for (const row of found)
    rows.set(String(row['id']), {
      id: String(row['id']),
      body: String(row['body']),
      salt: row['salt'] as Buffer,
      digest: row['digest'] as Buffer,
      differs: differing(row, stream),
    })
  if (stream.books !== undefined) await legsDiffer(connection, stream.books, rows)
  return rows
}

/** The columns that say otherwise than the body, as the table has them. */
function differing(row: Readonly<Record<string, unknown>>, { columns }: SealedStream): Record<string, unknown> {
  const body = parsed(String(row['body']))
  const differs: Record<string, unknown> = {}
  for (const [column, field] of Object.entries(columns)) {
    const [inRow, inBody] = [row[column] ?? null, body[field] ?? null]
    if (inRow !== inBody && instant(inRow) !== instant(inBody)) differs[column] = inRow
  }
  if (body['id'] !== row['id']) differs['id'] = row['id']
  return differs
}

// A body has milliseconds, a column microseconds: the same instant in two lengths.
function instant(value: unknown): unknown {
  const parts = typeof value === 'string' ? /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\.(\d{3,6})Z$/.exec(value) : null
  return parts === null ? value : `${parts[1]}.${parts[2]?.padEnd(6, '0')}Z`
}

/** Rows that are not in the log. Before the place it has come to: `stray`, for nothing can be written there. After it: `fresh`, not sealed yet. */
async function writeLoose(
  connection: Connection,
  stream: SealedStream,
  place: { readonly tx: bigint; readonly id: string },
  file: ExportFile,
): Promise<void> {
  const found = await connection.query<{ id: string; stray: boolean }>(sql`
    select t.id, (t.tx, t.id) <= (${place.tx}::xid8, ${place.id}::text) as stray from ${identifier(...stream.table)} t
    where not exists (select from seal.leaf l where l.stream = ${stream.name} and l.row_id = t.id) order by t.tx, t.id limit ${LOOSE_MAX}`)
  for (let at = 0; at < found.length; at += PAGE) {
    const page = found.slice(at, at + PAGE)
    const rows = await rowsOf(
      connection,
      stream,
      page.map(({ id }) => id),
    )
    for (const { id, stray } of page) {
      const row = rows.get(id)
      if (row !== undefined) await file.line(rowLine(stray ? 'stray' : 'fresh', row))
    }
  }
}

async function writeCheckpoints(connection: Connection, folder: string, size: number): Promise<void> {
  const file = await ExportFile.open(path.join(folder, CHECKPOINTS_FILE))
  for (let after = 0; after < size;) {
    const page = await connection.query<{ size: bigint; note: string }>(
      sql`select size, note from seal.checkpoint where size > ${after} and size <= ${size} order by size limit ${PAGE}`,
    )
    const last = page.at(-1)
    if (last === undefined) break
    for (const { note } of page) await file.line(note)
    after = Number(last.size)
  }
  await file.close()
}

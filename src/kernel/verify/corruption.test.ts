import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { digestOf } from '#kernel/digest'
import { leafOf } from '#kernel/proof'
import { database } from '#test/database'
import { readCopy, rehashed, renumbered, writeCopy } from '#test/export-copy'
import type { CopiedRow, ExportCopy } from '#test/export-copy'
import { exportedBank } from '#test/sealing'
import { verifyExport } from './index.ts'
import type { Kind } from './index.ts'

const ROUNDS = Number(process.env['HOLDFAST_ROUNDS'] ?? 200)

const db = await database()
const world = await exportedBank(db, 60)
after(world.end)
const original = readCopy(world.export)
const last = original.rows.length - 1
const forged = path.join(world.root, 'forged')
// What an auditor has: the checkpoints alone, or the leaves beside them.
const alone = path.join(world.root, 'alone')
mkdirSync(alone)
cpSync(path.join(world.folder, 'checkpoints.txt'), path.join(alone, 'checkpoints.txt'))

/** What a corruption did: its kind, and the rows that the verifier may name ('?' where nothing is left that names them). */
interface Done {
  copy: ExportCopy
  kind: Kind
  rows: string[]
  seq?: number
}
type Corruption = (k: number, other: number) => Done

const rowAt = (k: number): CopiedRow => original.rows[k] ?? assert.fail()
const withRow = (k: number, row: CopiedRow): ExportCopy => ({ ...original, rows: original.rows.toSpliced(k, 1, row) })
const withLeaf = (copy: ExportCopy, k: number, row: CopiedRow): ExportCopy => ({
  ...copy,
  leaves: copy.leaves.toSpliced(k, 1, leafOf(row.stream, row.id, Buffer.from(row.digest, 'hex'))),
})
const alteredBody = (row: CopiedRow): CopiedRow => ({
  ...row,
  body: row.body.replace(/\d(?=[^\d]*$)/, (digit) => String((Number(digit) + 1) % 10)),
})
const flip = (hex: string, at: number): string => hex.slice(0, at) + (hex[at] === '0' ? '1' : '0') + hex.slice(at + 1)
const newRow = (like: CopiedRow): CopiedRow => {
  const id = `${like.id.slice(0, -4)}zzzz`
  const body = like.body.replace(like.id, id)
  return { ...like, id, body, digest: digestOf(Buffer.from(like.salt, 'hex'), body).toString('hex') }
}
const sameStream = (k: number, other: number): number => {
  const twins = original.rows.flatMap((row, i) => (row.stream === rowAt(k).stream && i !== k ? [i] : []))
  return twins[other % twins.length] ?? assert.fail()
}

const corruptions: Record<string, Corruption> = {
  'body altered': (k) => ({ copy: withRow(k, alteredBody(rowAt(k))), kind: 'changed', rows: [rowAt(k).id] }),
  'digest altered': (k, other) => ({
    copy: withRow(k, { ...rowAt(k), digest: flip(rowAt(k).digest, other % 64) }),
    kind: 'changed',
    rows: [rowAt(k).id],
  }),
  'salt altered': (k, other) => ({
    copy: withRow(k, { ...rowAt(k), salt: flip(rowAt(k).salt, other % 32) }),
    kind: 'changed',
    rows: [rowAt(k).id],
  }),
  'id altered': (k) => ({ copy: withRow(k, { ...rowAt(k), id: `${rowAt(k).id}x` }), kind: 'changed', rows: [`${rowAt(k).id}x`] }),
  'moved to another stream': (k) => {
    const stream = rowAt(k).stream === 'audit' ? 'transfer' : 'audit'
    return { copy: withRow(k, { ...rowAt(k), stream }), kind: 'changed', rows: [rowAt(k).id] }
  },
  'line removed': (k) => ({
    copy: { ...original, rows: original.rows.toSpliced(Math.min(k, last - 1), 1) },
    kind: 'missing',
    rows: [rowAt(Math.min(k, last - 1)).id],
  }),
  'removed, and all that follows renumbered': (k) => {
    const at = Math.min(k, last - 1)
    return { copy: renumbered({ ...original, rows: original.rows.toSpliced(at, 1) }), kind: 'missing', rows: ['?'], seq: at }
  },
  'inserted, and all that follows renumbered': (k) => {
    const row = newRow(rowAt(k))
    return { copy: renumbered({ ...original, rows: original.rows.toSpliced(k, 0, row) }), kind: 'inserted', rows: [row.id], seq: k }
  },
  'inserted under a number that is taken': (k) => {
    const row = newRow(rowAt(k))
    return { copy: { ...original, rows: original.rows.toSpliced(k + 1, 0, row) }, kind: 'inserted', rows: [row.id] }
  },
  'inserted under a number that is taken, with a salt that is not its own': (k, other) => {
    const row = { ...newRow(rowAt(k)), salt: flip(rowAt(k).salt, other % 32) }
    return { copy: { ...original, rows: original.rows.toSpliced(k + (other % 2), 0, row) }, kind: 'inserted', rows: [row.id] }
  },
  'a line twice': (k) => ({ copy: { ...original, rows: original.rows.toSpliced(k, 0, rowAt(k)) }, kind: 'inserted', rows: [rowAt(k).id] }),
  'a stray row': (k) => {
    const row = { ...newRow(rowAt(k)), seq: '"stray"' }
    return { copy: { ...original, rows: [...original.rows, row] }, kind: 'inserted', rows: [row.id] }
  },
  'appended past the end': (k) => {
    const row = { ...newRow(rowAt(k)), seq: last + 1 }
    return { copy: { ...original, rows: [...original.rows, row] }, kind: 'inserted', rows: [row.id] }
  },
  'appended past the end, with leaf and index': (k) => {
    const row = newRow(rowAt(k))
    return { copy: renumbered({ ...original, rows: [...original.rows, row] }), kind: 'inserted', rows: [String(last + 1), row.id] }
  },
  'two lines swapped': (k, other) => {
    const to = sameStream(k, other)
    const rows = original.rows.toSpliced(k, 1, rowAt(to)).toSpliced(to, 1, rowAt(k))
    return { copy: { ...original, rows }, kind: 'reordered', rows: [rowAt(Math.min(k, to)).id] }
  },
  'two rows swapped, and renumbered': (k, other) => {
    const to = sameStream(k, other)
    const rows = original.rows.toSpliced(k, 1, rowAt(to)).toSpliced(to, 1, rowAt(k))
    return { copy: renumbered({ ...original, rows }), kind: 'reordered', rows: [rowAt(Math.max(k, to)).id], seq: Math.min(k, to) }
  },
  'the end cut off': (k) => {
    const at = Math.max(1, k)
    return { copy: { ...original, rows: original.rows.slice(0, at) }, kind: 'truncated', rows: [rowAt(at).id], seq: at }
  },
  'the end cut off everywhere': (k) => {
    const at = Math.max(1, k)
    const { rows, index, leaves } = original
    return {
      copy: { rows: rows.slice(0, at), index: index.slice(0, at), leaves: leaves.slice(0, at), checkpoints: '' },
      kind: 'truncated',
      rows: ['?'],
      seq: at,
    }
  },
  'rewritten with a new digest': (k) => ({ copy: withRow(k, rehashed(alteredBody(rowAt(k)))), kind: 'rewritten', rows: [rowAt(k).id] }),
  'rewritten with new digest and leaf': (k) => {
    const row = rehashed(alteredBody(rowAt(k)))
    return { copy: withLeaf(withRow(k, row), k, row), kind: 'rewritten', rows: [row.id], seq: k }
  },
}

const verdict = (checkpoints: string): ReturnType<typeof verifyExport> =>
  verifyExport({ folder: forged, key: path.join(world.export, 'public.pem'), checkpoints: path.join(checkpoints, 'checkpoints.txt') })

test('an export that nobody touched is sound, whole and in its counts', () => {
  writeCopy(original, world.export, forged)
  for (const outside of [world.folder, alone]) {
    const { finding, counts } = verdict(outside)
    assert.equal(finding, undefined)
    assert.deepEqual([counts.rows, counts.uncovered, counts.fresh, counts.entries, counts.accounts], [last + 1, 0, 0, 120, 3])
  }
})

test(`${ROUNDS} random corruptions: each is located, and named for what it is`, () => {
  const names = Object.keys(corruptions)
  const seen = new Set<string>()
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(last), fc.nat(10_000), (name, k, other) => {
      const done = corruptions[name]?.(k, other) ?? assert.fail()
      writeCopy(done.copy, world.export, forged)
      const { finding } = verdict(world.folder)
      assert.ok(finding, `${name} at ${k}: not noticed`)
      assert.deepEqual(
        [finding.kind, done.rows.includes(finding.row)],
        [done.kind, true],
        `${name} at ${k}: ${JSON.stringify(finding)} for ${done.rows.join()}`,
      )
      if (done.seq !== undefined) assert.equal(finding.seq, done.seq, `${name} at ${k}`)
      seen.add(name)
    }),
    { numRuns: ROUNDS },
  )
  if (ROUNDS >= 200) assert.deepEqual([...seen].sort(), names.sort(), 'every kind of corruption came up')
  rmSync(forged, { recursive: true, force: true })
})

const altered: readonly (readonly [what: string, file: string, change: (text: string) => string, told: string])[] = [
  ['an index with another id', 'index.tsv', (text) => text.replace(/_0(?=[^"]*"\n7\t)/, '_1'), 'index line 7: changed'],
  ['an index with another stream', 'index.tsv', (text) => text.replace(/^5\t\w/m, '5\tx'), 'index line 6: changed'],
  ['an index without a line', 'index.tsv', (text) => text.replace(/^9\t.*\n/m, ''), 'index line 10: missing'],
  ['an index with a line twice', 'index.tsv', (text) => text.replace(/^(9\t.*\n)/m, '$1$1'), 'index line 11: inserted'],
  ['an index cut off', 'index.tsv', (text) => text.split('\n').slice(0, 12).join('\n'), 'index line 13: truncated'],
  ['an index with a line more', 'index.tsv', (text) => `${text}9999\taudit\t"x"\n`, `index line ${last + 2}: inserted`],
  ['a manifest of another size', 'manifest.json', (text) => text.replace(/"size": \d/, '"size": 9'), 'manifest size: changed'],
  ['a manifest of more rows', 'manifest.json', (text) => text.replace(/"rows": \d/, '"rows": 9'), 'manifest audit: changed'],
  ['a manifest without books', 'manifest.json', (text) => text.replace('true', 'false'), 'manifest books: changed'],
  ['a manifest of no day', 'manifest.json', (text) => text.replace(/"at": "\d/, '"at": "x'), 'manifest at: changed'],
]
test('what only helps to read an export (index, manifest) is noticed too when it was altered', () => {
  for (const [what, file, change, told] of altered) {
    writeCopy(original, world.export, forged)
    const before = readFileSync(path.join(forged, file), 'utf8')
    const after = change(before)
    assert.notEqual(after, before, what)
    writeFileSync(path.join(forged, file), after)
    const { finding } = verdict(world.folder)
    assert.equal(finding && `${finding.stream} ${finding.row}: ${finding.kind}`, told, what)
  }
})

test('without the leaves outside, none goes unnoticed, wherever it is, and the checkpoints still bound where', () => {
  for (const [name, corrupt] of Object.entries(corruptions))
    for (const k of [0, 40, last]) {
      const done = corrupt(k, 7)
      writeCopy(done.copy, world.export, forged)
      const { finding } = verdict(alone)
      assert.ok(finding, `${name} at ${k}`)
      if (name === 'the end cut off everywhere') assert.equal(finding.kind, 'truncated', `${name} at ${k}`)
      if (name !== 'rewritten with new digest and leaf') continue
      const [from, to] = (/rows (\d+) to (\d+)/.exec(finding.detail) ?? []).slice(1).map(Number)
      assert.ok(from !== undefined && to !== undefined && from <= k && k <= to && to - from < last, `${k}: ${JSON.stringify(finding)}`)
      assert.equal(finding.kind, 'rewritten')
    }
})

test('of a rewritten stretch and another wrong row, the one that comes first is told; the row behind the stretch does not', () => {
  const k = 3
  const row = rehashed(alteredBody(rowAt(k)))
  const rewritten = withLeaf(withRow(k, row), k, row)
  const told = (also?: number): unknown => {
    const rows = also === undefined ? rewritten.rows : rewritten.rows.toSpliced(also, 1, alteredBody(rowAt(also)))
    writeCopy({ ...rewritten, rows }, world.export, forged)
    const { finding } = verdict(alone)
    return finding && [finding.kind, finding.detail]
  }
  const stretch = told() as [string, string]
  const end = Number(/rows \d+ to (\d+)/.exec(stretch[1])?.[1])
  assert.ok(end > k && end < last, `${stretch.join()} of ${last}`)
  assert.equal(stretch[0], 'rewritten')
  assert.deepEqual(told(end + 1), stretch)
  assert.deepEqual((told(end) as unknown[])[0], 'changed')
})

test('a line that is no account is named, whatever else it is', () => {
  const file = path.join(forged, 'accounts.ndjson')
  for (const line of ['null', '5', '[]', '"text"', '{}']) {
    rmSync(forged, { recursive: true, force: true })
    cpSync(world.export, forged, { recursive: true })
    writeFileSync(file, `${readFileSync(file, 'utf8')}${line}\n`)
    const { finding } = verifyExport({
      folder: forged,
      key: path.join(world.export, 'public.pem'),
      checkpoints: path.join(world.folder, 'checkpoints.txt'),
    })
    assert.deepEqual([finding?.stream, finding?.kind], ['account', 'changed'], line)
  }
})

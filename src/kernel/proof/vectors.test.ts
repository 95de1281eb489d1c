import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { digestOf } from '#kernel/digest'
import { signCheckpoint } from './checkpoint.ts'
import { leafOf } from './leaf.ts'
import { Frontier } from './merkle.ts'
import { fold, inclusionPlan } from './proof-plan.ts'

interface Vector {
  readonly stream: string
  readonly id: string
  readonly body: string
  readonly salt: string
  readonly digest: string
  readonly seq: number
  readonly size: number
  readonly leaf: string
  readonly path: readonly string[]
  readonly checkpoint: string
}

interface Vectors {
  readonly publicKey: string
  readonly proofs: readonly Vector[]
}

const FILE = path.join(import.meta.dirname, 'vectors.json')
// The secret key of RFC 8032 §7.1, test 1: known to everybody, so good for examples only.
const SEED = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'

function made(): Vectors {
  const privateKey = createPrivateKey({ key: Buffer.from(`302e020100300506032b657004220420${SEED}`, 'hex'), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(privateKey)
  const rows = Array.from({ length: 13 }, (_, i) => {
    const stream = ['audit', 'transfer', 'event'][i % 3] ?? ''
    const id = `row_${i}`
    const body = JSON.stringify({ id, text: ['plain', '₹ 1,250', '"quoted"\n'][i % 3], n: i })
    const salt = Buffer.alloc(16, i)
    return { stream, id, body, salt, digest: digestOf(salt, body) }
  })
  const leaves = rows.map(({ stream, id, digest }) => leafOf(stream, id, digest))
  const proofs = [1, 2, 7, 8, 13].flatMap((size) => {
    const frontier = new Frontier()
    const nodes = new Map(leaves.map((leaf, i) => [`0/${i}`, leaf]))
    for (const leaf of leaves.slice(0, size)) frontier.append(leaf, (level, index, hash) => nodes.set(`${level}/${index}`, hash))
    const checkpoint = signCheckpoint(
      { origin: 'holdfast', size, root: frontier.root(), time: '2026-11-21T06:30:00.123Z' },
      privateKey,
      publicKey,
    )
    return [...new Set([0, size >> 1, size - 1])].map((seq): Vector => {
      const { stream = '', id = '', body = '', salt, digest } = rows[seq] ?? {}
      const path = inclusionPlan(seq, size).map((plan) =>
        fold(plan, ({ level, index }) => nodes.get(`${level}/${index}`) ?? Buffer.alloc(0)).toString('hex'),
      )
      const hex = (bytes: Buffer | undefined): string => bytes?.toString('hex') ?? ''
      return { stream, id, body, salt: hex(salt), digest: hex(digest), seq, size, leaf: hex(leaves[seq]), path, checkpoint }
    })
  })
  return { publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string, proofs }
}

// What a browser has: Web Crypto and nothing else. The console's own verifier is written after this one.
const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
const unhex = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
const joined = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => Uint8Array.from(parts.flatMap((part) => [...part]))
const sha256 = async (...parts: readonly Uint8Array[]): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', joined(...parts)))
const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])
const unbase64 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
function item(kind: number, bytes: Uint8Array): Uint8Array {
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, bytes.length)
  return joined(Uint8Array.of(kind), length, bytes)
}

async function verifies(proof: Vector, pem: string): Promise<boolean> {
  const digest = await sha256(unhex(proof.salt), utf8(proof.body))
  const data = [item(0x54, utf8('holdfast.leaf.v1')), item(0x54, utf8(proof.stream)), item(0x54, utf8(proof.id)), item(0x42, digest)]
  let hash = await sha256(Uint8Array.of(0), ...data)
  let [fn, sn] = [proof.seq, proof.size - 1]
  for (const step of proof.path.map(unhex)) {
    if (sn === 0) return false
    if (fn % 2 === 1 || fn === sn) {
      hash = await sha256(Uint8Array.of(1), step, hash)
      for (; fn % 2 === 0 && fn !== 0; fn = Math.floor(fn / 2)) sn = Math.floor(sn / 2)
    } else hash = await sha256(Uint8Array.of(1), hash, step)
    ;[fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)]
  }
  const [origin = '', size = '', root = '', time = '', , signature = ''] = proof.checkpoint.split('\n')
  if (sn !== 0 || Number(size) !== proof.size || !same(hash, unbase64(root))) return false
  const key = await crypto.subtle.importKey('spki', unbase64(pem.replace(/-----.*?-----|\s/g, '')), 'Ed25519', false, ['verify'])
  const signed = unbase64(signature.split(' ')[2] ?? '').slice(4)
  return await crypto.subtle.verify('Ed25519', key, signed, utf8(`${origin}\n${size}\n${root}\n${time}\n`))
}

test('the vectors are what the code makes: frozen, for others depend on them', () => {
  if (process.env['HOLDFAST_VECTORS'] === 'write') writeFileSync(FILE, `${JSON.stringify(made(), null, 2)}\n`)
  assert.deepEqual(made(), JSON.parse(readFileSync(FILE, 'utf8')))
})

test('every vector verifies with Web Crypto alone, and none once a byte differs', async () => {
  const { proofs, publicKey } = JSON.parse(readFileSync(FILE, 'utf8')) as Vectors
  for (const proof of proofs) {
    assert.ok(await verifies(proof, publicKey), `${proof.seq} of ${proof.size}`)
    assert.ok(!(await verifies({ ...proof, body: `${proof.body} ` }, publicKey)))
    assert.ok(!(await verifies({ ...proof, id: `${proof.id}x` }, publicKey)))
    assert.ok(!(await verifies({ ...proof, checkpoint: proof.checkpoint.replace('time 2026', 'time 2027') }, publicKey)))
    if (proof.path.length > 0) assert.ok(!(await verifies({ ...proof, path: proof.path.slice(1) }, publicKey)))
  }
})

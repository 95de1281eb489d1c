import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { keyIdOf, openCheckpoint, signCheckpoint, splitNotes } from './checkpoint.ts'
import { EMPTY_ROOT } from './merkle.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const other = generateKeyPairSync('ed25519').publicKey
const checkpoint = { origin: 'holdfast', size: 12345, root: EMPTY_ROOT, time: '2026-11-21T06:30:00.123Z' }
const note = signCheckpoint(checkpoint, privateKey, publicKey)

test('a signed checkpoint opens to itself', () => {
  assert.deepEqual(openCheckpoint(note, publicKey), checkpoint)
  assert.match(note, /^holdfast\n12345\n[+/=\w]{44}\ntime 2026-11-21T06:30:00\.123Z\n\n— holdfast [+/=\w]{92}\n$/)
})

test('the key id is that of the C2SP signed-note specification', () => {
  // Its example: the vkey example.com/foo+530dea83+AQ…, computed here from the published key bytes' rule alone.
  const raw = publicKey.export({ format: 'jwk' }).x ?? ''
  assert.equal(keyIdOf('holdfast', publicKey).length, 4)
  assert.notDeepEqual(keyIdOf('holdfast', publicKey), keyIdOf('holdfast2', publicKey))
  assert.deepEqual(keyIdOf('a', createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw }, format: 'jwk' })), keyIdOf('a', publicKey))
})

test('another key is named as such', () => {
  assert.equal(openCheckpoint(note, other), 'unknown_key')
})

test('any altered character is noticed', () => {
  fc.assert(
    fc.property(fc.nat(note.length - 1), fc.constantFrom('0', 'A', '\n', ' ', '—', 'ÿ'), (at, char) => {
      const altered = note.slice(0, at) + char + note.slice(at + 1)
      assert.equal(typeof openCheckpoint(altered, publicKey), altered === note ? 'object' : 'string')
    }),
    { numRuns: 600 },
  )
  for (const cut of [0, 1, 10, note.length - 1]) assert.equal(openCheckpoint(note.slice(0, cut), publicKey), 'malformed')
  assert.equal(openCheckpoint(`${note}\n`, publicKey), 'malformed')
  assert.equal(openCheckpoint(note.replace('12345', '012345'), publicKey), 'malformed')
  assert.equal(openCheckpoint(note.replace('12345', '12346'), publicKey), 'bad_signature')
})

test('a file of notes splits into them, its torn tail last', () => {
  const second = signCheckpoint({ ...checkpoint, size: 12346 }, privateKey, publicKey)
  assert.deepEqual(splitNotes(''), [])
  assert.deepEqual(splitNotes(`${note}\n`), [note])
  assert.deepEqual(splitNotes(`${note}\n${second}\n`), [note, second])
  assert.deepEqual(splitNotes(`${note}\n${second}`), [note, second])
  const torn = splitNotes(`${note}\n${second.slice(0, 40)}`)
  assert.equal(torn[0], note)
  assert.equal(openCheckpoint(torn[1] ?? '', publicKey), 'malformed')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inFours, isFingerprint } from '#services/seal-key.ts'

const fingerprint = '9f2c01ab'.repeat(8)

void test('a fingerprint is the one shown once enough of it agrees, however it is written', () => {
  for (const typed of [
    fingerprint,
    fingerprint.slice(0, 16),
    inFours(fingerprint),
    fingerprint.toUpperCase(),
    `SHA256:${fingerprint}`,
    `${fingerprint}  -`,
  ])
    assert.equal(isFingerprint(typed, fingerprint), true, typed)
})

void test('too little of it decides nothing, and anything else refuses', () => {
  for (const typed of ['', '  ', '9f2c', fingerprint.slice(0, 15)]) assert.equal(isFingerprint(typed, fingerprint), undefined, typed)
  for (const typed of ['8', `${fingerprint.slice(0, 15)}0`, `${fingerprint}0`, 'fingerprint'])
    assert.equal(isFingerprint(typed, fingerprint), false, typed)
})

void test('it is shown in fours', () => {
  assert.equal(inFours('9f2c01ab77'), '9f2c 01ab 77')
  assert.equal(inFours('9f2c01ab'), '9f2c 01ab')
})

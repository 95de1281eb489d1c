import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { CannotStart } from '#kernel/db'
import { settingsFrom } from './settings.ts'

test('a variable that is set to nothing is as one that is not set', () => {
  const names = ['PORT', 'DATABASE_URL', 'HOLDFAST_DATA', 'HOLDFAST_HOST', 'HOLDFAST_LOG', 'HOLDFAST_SANDBOX', 'HOLDFAST_SEAL_DIR']
  const more = ['HOLDFAST_SEAL_KEY', 'HOLDFAST_TRUSTED_PROXIES', 'HOLDFAST_RATE_SIGNED_IN', 'HOLDFAST_BUREAU_URL', 'HOLDFAST_REFRESH_GRACE']
  for (const nothing of ['', ' '])
    assert.deepEqual(settingsFrom(Object.fromEntries([...names, ...more].map((name) => [name, nothing]))), settingsFrom({}))
  const { data, host, sealKey } = settingsFrom({ HOLDFAST_DATA: '', HOLDFAST_HOST: '' })
  assert.deepEqual([data, host, sealKey], [path.resolve('data'), '127.0.0.1', path.resolve('data/keys/seal.pem')])
})

test('proxies are addresses, networks or words for those that are nobody’s else', () => {
  const proxies = (text: string) => settingsFrom({ HOLDFAST_TRUSTED_PROXIES: text }).trustedProxies
  assert.deepEqual(proxies(' 10.0.0.5, 10.0.0.0/8,,fd00::/8 , loopback,192.168.0.0/255.255.0.0'), [
    '10.0.0.5',
    '10.0.0.0/8',
    'fd00::/8',
    'loopback',
    '192.168.0.0/255.255.0.0',
  ])
  for (const text of ['nonsense', '*', 'true', '10.0.0.0/33', '10.0.0.0/0', '10.0.0.0/8/8', 'fd00::/129', '10.0.0', '10.0.0.5;10.0.0.6'])
    assert.throws(
      () => proxies(text),
      (error) => error instanceof CannotStart && error.message.includes('HOLDFAST_TRUSTED_PROXIES'),
      text,
    )
})

test('an impossible value is told by its name', () => {
  const wrong = {
    PORT: ['70000', '-1', 'http', '80.5'],
    HOLDFAST_LOG: ['loud'],
    HOLDFAST_SANDBOX: ['yes', 'true'],
    HOLDFAST_RATE_SIGNED_IN: ['0', '-5', 'many', 'Infinity'],
    HOLDFAST_RATE_ANONYMOUS: ['0', '1e400'],
    HOLDFAST_REFRESH_GRACE: ['61', '-1', '1.5'],
    HOLDFAST_BUREAU_URL: [
      'bureau',
      'ftp://bureau',
      'javascript:alert(1)',
      'http://',
      'https://user:word@bureau',
      'https://bureau/?key=word',
    ],
  }
  for (const [name, values] of Object.entries(wrong))
    for (const value of values)
      assert.throws(
        () => settingsFrom({ [name]: value }),
        (error) => error instanceof CannotStart && error.message.includes(name),
        `${name}=${value}`,
      )
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at } from '#services/http.ts'
import { ownAddress } from '#services/own-address.ts'

void test('after the sign-in one comes to a page of this console, never elsewhere', () => {
  assert.equal(ownAddress('/loans?view=overdue'), '/loans?view=overdue')
  for (const other of [
    undefined,
    '',
    'loans',
    '//elsewhere.example',
    String.raw`/\elsewhere.example`,
    'https://elsewhere.example',
    'javascript:0',
  ])
    assert.equal(ownAddress(other), '/', other)
})

void test('an id from an address stays one part of the path that is asked', () => {
  assert.equal(at`/api/v1/loans/${'loan_a'}/repayments/${'rep_b'}/reversal`, '/api/v1/loans/loan_a/repayments/rep_b/reversal')
  for (const id of ['../people', '../approval?x=', '..', '.', 'a#b', 'a/b', String.raw`..\people`]) {
    const asked = new URL(at`/api/v1/loans/${id}/schedule`, 'http://console.example')
    assert.match(asked.pathname, /^\/api\/v1\/loans\/[^/]+\/schedule$/, id)
    assert.deepEqual([asked.search, asked.hash], ['', ''], id)
  }
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { addLinks, chainFaults, type Chains, type Told } from '#services/chains.ts'

const chain = (...links: readonly (readonly [n: number, hash: string, previous: string])[]): Chains => {
  const chains: Chains = new Map()
  for (const [n, hash, previous] of links) addLinks(chains, [{ account: 'cash', n: String(n), hash, posted: String(n * 100) }], [previous])
  return chains
}
const says = (entries: number, head: string, posted = BigInt(entries * 100)): ReadonlyMap<string, Told> =>
  new Map([['cash', { entries, head, posted }]])
const fault = (link: number, what: string) => [{ account: 'cash', link, what }]

void describe('chains', () => {
  void it('finds nothing where each link holds the hash of the one before, in whatever order they were read', () => {
    assert.deepEqual(chainFaults(chain([3, 'c', 'b'], [1, 'a', ''], [2, 'b', 'a']), says(3, 'c')), [])
    assert.deepEqual(chainFaults(new Map()), [])
    assert.deepEqual(chainFaults(new Map(), says(0, '')), [])
  })
  void it('names a link that is missing at the beginning, in the middle, at the end, or all of them', () => {
    assert.deepEqual(chainFaults(chain([2, 'b', 'a']), says(2, 'b')), fault(1, 'missing'))
    assert.deepEqual(chainFaults(chain([1, 'a', ''], [3, 'c', 'b']), says(3, 'c')), fault(2, 'missing'))
    assert.deepEqual(chainFaults(chain([1, 'a', ''], [2, 'b', 'a']), says(3, 'c')), fault(3, 'missing'))
    assert.deepEqual(chainFaults(new Map(), says(3, 'c')), fault(1, 'missing'))
  })
  void it('says nothing is missing of an account of which only some links are read', () => {
    assert.deepEqual(chainFaults(chain([1, 'a', ''], [3, 'c', 'b'])), [])
  })
  void it('names a link that holds another hash than the one before it has, also where not all were read', () => {
    assert.deepEqual(chainFaults(chain([7, 'g', 'f'], [8, 'h', 'x'])), fault(8, 'unlinked'))
  })
  void it('names an account that ends elsewhere, or has another balance, than its last link', () => {
    assert.deepEqual(chainFaults(chain([1, 'a', '']), says(1, 'z')), fault(1, 'end'))
    assert.deepEqual(chainFaults(chain([1, 'a', '']), says(1, 'a', 101n)), fault(1, 'balance'))
  })
  void it('takes links that were written after the account was asked', () => {
    assert.deepEqual(chainFaults(chain([1, 'a', ''], [2, 'b', 'a']), says(1, 'a')), [])
  })
  void it('reads both legs of an entry on one account, and judges each account by itself', () => {
    const chains: Chains = new Map()
    const leg = (account: string, n: string, hash: string) => ({ account, n, hash, posted: '0' })
    addLinks(chains, [leg('cash', '1', 'a'), leg('cash', '2', 'b'), leg('wallet:x', '9', 'z')], ['', 'a', 'y'])
    assert.deepEqual(chainFaults(chains, new Map([['cash', { entries: 2, head: 'b', posted: 0n }]])), [])
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { javaPattern } from './java-pattern.ts'
import { PatternError } from './pattern-error.ts'

function matches(source: string, text: string): string[] {
  const find = javaPattern(source).finder(text)
  const found: string[] = []
  let from = 0
  for (let match = find(from); match !== undefined && found.length < 100; match = find(from)) {
    found.push(text.slice(match.start, match.end))
    from = match.end > match.start ? match.end : match.end + 1
  }
  return found
}

// What Java 17's Matcher finds.
const MATCHES: [pattern: string, text: string, found: string[]][] = [
  ['a|ab', 'ab', ['a']],
  ['(?:a|ab)(?=c|$)', 'abc ab', ['ab', 'ab']],
  ['a*?b', 'aab', ['aab']],
  ['(?=a)a{1,2}', 'aaa', ['aa', 'a']],
  ['(?=a)a{1,2}?', 'aa', ['a', 'a']],
  ['a*+a', 'aaa', []],
  ['(?>a|ab)c', 'abc', []],
  ['(?<!b)a', 'aba', ['a']],
  ['(?<=a+)b', 'aab', ['b']],
  ['\\bé\\w*', 'é éa', ['é', 'éa']],
  ['[a-c[x-z]]+', 'abxyd', ['abxy']],
  ['[a-z&&[^b-y]]', 'abz', ['a', 'z']],
  ['[^a[b]]', 'abc', ['c']],
  ['[]a]', ']ab', [']', 'a']],
  ['(?!a).', 'a😀', ['😀']],
  ['(?<word>a)(?=\\x62)', 'ab', ['a']],
]
test('finds what Java finds', () => {
  for (const [pattern, text, found] of MATCHES) assert.deepEqual(matches(pattern, text), found, `${pattern} in ${text}`)
})

test('what Java refuses is refused, and what is left out', () => {
  for (const pattern of [
    '(',
    ')',
    '[',
    '[]',
    '[^]',
    '[a',
    '*',
    '(?=a',
    '(?=a)**',
    'a{2,1}',
    '[b-a]',
    '(?<=(?:a|bc)*)d',
    '\\y',
    '(a)\\1',
    '(?<=a*?)b',
  ])
    assert.throws(() => matches(pattern, 'ab'), PatternError, pattern)
})

test('patterns that explode elsewhere end, within limits', () => {
  const text = 'a'.repeat(5_000)
  for (const pattern of ['(a+)+b', '(?=(a+)+b)', '(?=((((a*)*)*)*)*b)c', '(?<=(?:aa){1,9})b'])
    assert.deepEqual(matches(pattern, text), [], pattern)
  assert.throws(() => matches('(?=a{999}{999})b', text), PatternError)
  assert.throws(() => matches(`${'(?=a'.repeat(60)}${')'.repeat(60)}`, text), PatternError)
  assert.throws(() => matches('(?<=a+)b', 'a'.repeat(50_000)), PatternError)
})

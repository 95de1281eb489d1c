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
  ['(?<=a*?)b', 'aab', ['b']],
  ['\\bé\\w*', 'é éa', ['é', 'éa']],
  ['[a-c[x-z]]+', 'abxyd', ['abxy']],
  ['[a-z&&[^b-y]]', 'abz', ['a', 'z']],
  ['[^a[b]]', 'abc', ['c']],
  ['[]a]', ']ab', [']', 'a']],
  ['(?!a).', 'a😀', ['😀']],
  ['(?<word>a)(?=\\x62)', 'ab', ['a']],
  ['(.)\\1', 'abbcc', ['bb', 'cc']],
  ['(?:(a)|b)*\\1', 'aba', ['aba']],
  ['(?:(a)|b)*\\1', 'abab a', ['aba']],
  ['(a)|b\\1', 'ba', ['a']],
  ['(a)\\11', 'aa1', ['aa1']],
  ['(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\\10', 'abcdefghijj', ['abcdefghijj']],
  ['\\1(a)', 'aa', []],
  ['(?<q>["#]).*?\\k<q>', '"a#"#', ['"a#"']],
  ['(?i)(a)\\1', 'aA', ['aA']],
  ['(?i)(é)\\1', 'éÉ', []],
  ['(?iu)(é)\\1', 'éÉ', ['éÉ']],
  ['(?=(a))\\1b', 'aab', ['ab']],
  ['(a*)*\\1', 'aa', ['aa', '']],
  ['(|a)+', 'a', ['', '']],
  ['a{2}{3}', 'aaa', ['aa']],
  ['\\G.', 'ab', ['a', 'b']],
  ['(?<=\\G..)', 'abcd', ['', '']],
  ['\\X', 'e\u0301a\r\n', ['e\u0301', 'a', '\r\n']],
  ['\\R', '\r\n\n', ['\r\n', '\n']],
  ['(?x) a b # c', 'ab', ['ab']],
  ['(?m)$', 'a\r\nb', ['', '']],
  ['\\p{InGreek}', 'aσ', ['σ']],
  ['[ab&&[b]c]', 'abc', ['b']],
  ['(?iu)ſ', 's', ['s']],
  ['(?c)[é]', 'e\u0301', ['e\u0301']],
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
    '(?<=(a)\\1)b',
    '[\\1]',
    '\\k<a>(?<a>b)',
    '(?<a>b)(?<a>c)',
    '(?P<a>b)',
    '\\p{latin}',
    '\\N{DIGIT ONE}',
  ])
    assert.throws(() => matches(pattern, 'ab'), PatternError, pattern)
})

test('patterns that explode elsewhere end, within limits', () => {
  const text = 'a'.repeat(5_000)
  for (const pattern of ['(a+)+b', '(?=(a+)+b)', '(?=((((a*)*)*)*)*b)c', '(?<=(?:aa){1,9})b', '(?=(?:(?:a?){30}){30})b'])
    assert.deepEqual(matches(pattern, text), [], pattern)
  for (const pattern of ['(a*)*\\1b', '(?:(a|aa)\\1?)+b', '(a?){9}(a*)*\\2b'])
    assert.throws(() => matches(pattern, text), PatternError, pattern)
  assert.throws(() => matches(`${'(?=a'.repeat(300)}${')'.repeat(300)}`, text), PatternError)
  assert.throws(() => matches(`${'['.repeat(300)}a${']'.repeat(300)}`, text), PatternError)
  assert.throws(() => matches(`(?<=a+)b`, 'a'.repeat(50_000)), PatternError)
})

test('long texts that need more stack than there is are searched all the same', () => {
  const text = `${'ab'.repeat(40_000)}c`
  assert.deepEqual(matches('(?:a|b)*c', text), [text])
  assert.throws(() => matches('(?:(a)|b)*\\1c', text), PatternError)
})

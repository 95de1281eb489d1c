import type { Fields } from './fields.ts'

/** Random numbers that repeat for a seed, so that a failing case can be run again. */
export class Chance {
  #state: number
  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** An integer from 0 up to, not including, `end`. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item
  }

  often(percent: number): boolean {
    return this.below(100) < percent
  }
}

const buckets = ['SMA0', 'SMA1', 'SMA2', 'NPA'] as const

/** Fields of every kind, two of most so that fields meet each other. */
export const sampleFields = {
  dpd: 'int',
  score: 'int',
  emi: 'money',
  paid: 'money',
  rate: 'double',
  ok: 'bool',
  vip: 'bool',
  name: 'string',
  type: 'string',
  bucket: { enum: buckets },
  due: 'date',
  opened: 'date',
  seen: 'timestamp',
  wait: 'duration',
  tags: { list: 'string' },
  scores: { list: 'int' },
  visits: { list: 'date' },
  flags: { list: 'bool' },
  contacts: {
    list: {
      object: {
        type: { enum: ['mobile', 'home', 'work'] },
        verified: 'bool',
        value: 'string',
        rank: 'int',
        amount: 'money',
        since: 'date',
        tags: { list: 'string' },
      },
    },
  },
  address: { object: { city: 'string', since: 'date', geo: { object: { lat: 'double', level: 'int' } }, codes: { list: 'int' } } },
} as const satisfies Fields

/** The columns for `sampleFields`, as the README maps them. */
export const sampleColumns = `
  id int, dpd bigint, score int, emi bigint, paid numeric, rate float8, ok boolean, vip boolean, name text collate "und-x-icu", type text collate "C", bucket text collate "und-x-icu",
  due date, opened date, seen timestamptz, wait interval, tags text[], scores bigint[], visits date[], flags boolean[], contacts jsonb, address jsonb`

const texts = ['', 'a', 'A', 'ab', 'abc', 'b', '%', '_', 'a%b', 'a_b', 'a.b', '\\', 'a\\b', '*', 'a*', '?', 'é', 'e\u0301', 'ß', 'Ω', '😀', 'a😀b',
  '\uE000', '\uFFFD', '𝒳', "o'clock", '"', 'line\nbreak', 'tab\t', ' ', 'A1234', 'B0099', 'vip', 'mobile'] as const // prettier-ignore
const integers = [0n, 1n, -1n, 2n, 3n, -3n, 7n, -7n, 30n, 31n, 90n, 100n, -100n, 9007199254740991n, 9007199254740992n, 9007199254740993n,
  -9007199254740993n, 9223372036854775807n, -9223372036854775808n] as const // prettier-ignore
const dates = ['2026-01-31', '2026-02-01', '2024-02-29', '1999-12-31', '0001-01-01', '9999-12-31', '2026-02-28'] as const
const times = [
  '2026-01-31T18:30:00Z',
  '2026-02-01T00:00:00+05:30',
  '2026-01-31T18:30:00.000001Z',
  '1970-01-01T00:00:00Z',
  '2026-01-31T18:29:59.999999Z',
]
const spans = ['0s', '90s', '5400s', '1.5s', '-1.5s', '0.000001s', '86400s'] as const
const doubles = [0, -0, 1, -1, 0.1, 0.5, 1.5, -2.25, 1e10, 3] as const

export type SampleRow = Record<string, unknown>

/** A row in which anything may be null or missing, and lists may be empty or hold nulls. */
export function randomRow(chance: Chance): SampleRow {
  const row: SampleRow = {}
  const put = (name: string, make: () => unknown): void => {
    if (!chance.often(15)) row[name] = chance.often(12) ? null : make()
  }
  put('dpd', () => integerForm(chance, chance.pick(integers)))
  put('score', () => chance.below(120) - 20)
  put('emi', () => integerForm(chance, chance.pick(integers)))
  put('paid', () => integerForm(chance, chance.pick(integers)))
  put('rate', () => chance.pick(doubles))
  put('ok', () => chance.often(50))
  put('vip', () => chance.often(50))
  for (const name of ['name', 'type']) put(name, () => chance.pick(texts))
  put('bucket', () => chance.pick(buckets))
  for (const name of ['due', 'opened']) put(name, () => chance.pick(dates))
  put('seen', () => chance.pick(times))
  put('wait', () => chance.pick(spans))
  put('tags', () => list(chance, () => chance.pick(texts)))
  put('scores', () => list(chance, () => integerForm(chance, chance.pick(integers))))
  put('visits', () => list(chance, () => chance.pick(dates)))
  put('flags', () => list(chance, () => chance.often(70)))
  put('contacts', () => list(chance, () => randomContact(chance)))
  put('address', () => randomAddress(chance))
  return row
}

// JSON holds no bigint, so inside objects a large integer is digits.
function integerForm(chance: Chance, value: bigint, inJson = false): unknown {
  if (value <= 9007199254740991n && value >= -9007199254740991n && chance.often(60)) return Number(value)
  return inJson || chance.often(40) ? String(value) : value
}

function list<Item>(chance: Chance, make: () => Item): (Item | null)[] {
  return Array.from({ length: chance.pick([0, 0, 1, 1, 2, 3, 4]) }, () => (chance.often(8) ? null : make()))
}

function randomContact(chance: Chance): SampleRow {
  const contact: SampleRow = {}
  const put = (name: string, make: () => unknown): void => {
    if (!chance.often(12)) contact[name] = chance.often(10) ? null : make()
  }
  put('type', () => chance.pick(['mobile', 'home', 'work']))
  put('verified', () => chance.often(50))
  put('value', () => chance.pick(texts))
  put('rank', () => chance.below(5) - 1)
  put('amount', () => integerForm(chance, chance.pick(integers), true))
  put('since', () => chance.pick(dates))
  put('tags', () => list(chance, () => chance.pick(texts)))
  return contact
}

function randomAddress(chance: Chance): SampleRow {
  const address: SampleRow = {}
  if (chance.often(80)) address['city'] = chance.often(10) ? null : chance.pick(texts)
  if (chance.often(80)) address['since'] = chance.pick(dates)
  if (chance.often(80)) address['geo'] = chance.often(10) ? null : { lat: chance.pick(doubles), level: chance.below(9) - 4 }
  if (chance.often(70)) address['codes'] = list(chance, () => chance.below(6))
  return address
}

/** Literals for the generator of predicates, from the same pools as the rows so that they meet. */
export const literals = {
  int: (chance: Chance): string => String(chance.often(40) ? chance.below(12) - 4 : chance.pick(integers)),
  string: (chance: Chance): string => quoted(chance.pick(texts)),
  bucket: (chance: Chance): string => quoted(chance.pick(buckets)),
  contactType: (chance: Chance): string => quoted(chance.pick(['mobile', 'home', 'work'])),
  date: (chance: Chance): string => `date('${chance.pick(dates)}')`,
  timestamp: (chance: Chance): string => `timestamp('${chance.pick(times)}')`,
  duration: (chance: Chance): string => `duration('${chance.pick(spans)}')`,
  double: (chance: Chance): string => chance.pick(['0.0', '0.1', '-2.25', '1.5', '3', '1e10', '0.5']),
} as const

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`
}

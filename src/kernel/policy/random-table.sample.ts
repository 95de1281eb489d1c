import type { Fields, Row } from '#kernel/predicate'
import type { HitPolicy, Table, TableRow } from './table.ts'

/** A whole number from 0 up to, not including, `end`. */
export type Below = (end: number) => number

/** Numbers that repeat for a seed (a linear congruence, its upper bits). */
export function seeded(seed: number): Below {
  let state = seed >>> 0
  return (end) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * end)
  }
}

export const tableFields = {
  dpd: 'int',
  emi: 'money',
  bucket: { enum: ['SMA0', 'SMA1', 'SMA2', 'NPA'] },
  state: 'string',
  ok: 'bool',
  due: 'date',
  rate: 'double',
  address: { object: { city: 'string' } },
} as const satisfies Fields

const inputs = ['dpd', 'emi', 'bucket', 'state', 'ok', 'due', 'rate', 'address.city', 'other'] as const
const states = ['KA', 'TN', 'MH', 'a', 'é', '😀', ''] as const
const days = ['2026-01-01', '2026-02-15', '2026-06-30', '2026-12-31'] as const

/** A random table over fields of every kind, with cells of every form. */
export function randomTable(below: Below, hit: HitPolicy): Table {
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item
  const columns = inputs.filter(() => below(3) > 0)
  const rows = Array.from({ length: 1 + below(40) }, (_, index): TableRow => {
    const when = Object.fromEntries(columns.filter(() => below(3) > 0).map((input) => [input, cellFor(input, below)]))
    const period = below(5) === 0 ? { from: pick(days.slice(0, 2)), ...(below(2) === 0 ? { to: pick(days.slice(2)) } : {}) } : {}
    return { when, outcome: { points: index, worth: String(index * 100) }, ...period }
  })
  return { name: 'random', hit, inputs: columns, outputs: { points: 'int', worth: 'money' }, rows }
}

function cellFor(input: (typeof inputs)[number], below: Below): string {
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item
  const bound = (): number => below(12) * 10 - 20
  switch (input) {
    case 'dpd':
      return pick([
        `>= ${bound()}`,
        `< ${bound()}`,
        `${bound()}`,
        `[${bound()}..${bound()})`,
        `(${bound()}..]`,
        `in [1, ${bound()}]`,
        'null',
        'not null',
        `dpd / 7 > ${below(9)}`,
        '-',
      ])
    case 'emi':
      return pick([`> ${bound()}00`, '== 9007199254740993', `<= 9007199254740992`, `[..${bound()}]`, 'emi % 2 == 0'])
    case 'bucket':
      return pick(['"SMA1"', 'in ["SMA0", "NPA"]', '!= "SMA2"', 'not in ["NPA"]', 'null'])
    case 'state':
      return pick([`"${pick(states)}"`, 'in ["KA", "TN"]', '< "a"', 'state.startsWith("K")', 'state.contains("a")', `["a".."é"]`])
    case 'ok':
      return pick(['true', 'false', 'ok', '!ok', 'null'])
    case 'due':
      return pick([`>= ${pick(days)}`, pick(days), `[${days[0]}..${days[2]})`, `in [${days[0]}, ${days[3]}]`])
    case 'rate':
      return pick(['> 1.5', '[0.1..0.5)', '0.1', '<= -2.25'])
    case 'address.city':
      return pick(['"Pune"', 'not null', 'null', '> "Pune"'])
    case 'other':
      return pick(['dpd > 3 || ok', 'emi > dpd', 'dpd >= 0 && bucket != "NPA"', 'true'])
  }
}

/** A random row for `tableFields`, in which anything may be null or missing. */
export function randomInput(below: Below): Row {
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item
  const row: Record<string, unknown> = {}
  const put = (name: string, value: unknown): void => {
    if (below(8) > 0) row[name] = below(10) === 0 ? null : value
  }
  const dpd = below(140) - 30
  put('dpd', pick([dpd, BigInt(dpd), String(dpd), 3.5]))
  put('emi', pick([below(20_000), 9007199254740993n, '9007199254740992', -5n]))
  put('bucket', pick(['SMA0', 'SMA1', 'SMA2', 'NPA', 'other']))
  put('state', pick([...states, 'Kerala', 'b']))
  put('ok', below(2) === 0)
  put('due', pick([...days, '2026-03-03', '1999-01-01', '2026-02-30']))
  put('rate', pick([0.1, 0.3, 2, -3, 0]))
  put('address', pick([{ city: 'Pune' }, { city: 'Quilon' }, {}, 'Pune']))
  return row
}

export function randomDay(below: Below): string {
  return ['2025-12-31', '2026-01-01', '2026-02-15', '2026-05-05', '2026-06-30', '2027-01-01'][below(6)] as string
}

import { literals, type Chance } from './random-case.sample.ts'

/** The fields of each kind that are in reach: of the row, and of the variables of the quantifiers around. */
type Reach = {
  readonly int: readonly string[]
  readonly string: readonly string[]
  readonly date: readonly string[]
  readonly bool: readonly string[]
  readonly depth: number
}

const row: Reach = {
  int: ['dpd', 'score', 'emi', 'paid', 'row.dpd', 'address.geo.level'],
  string: ['name', 'type', 'bucket', 'address.city', 'row.name'],
  date: ['due', 'opened', 'address.since'],
  bool: ['ok', 'vip'],
  depth: 0,
}

const orders = ['==', '!=', '<', '<=', '>', '>='] as const
const quantifiers = ['exists', 'all', 'exists_one'] as const
const patterns = ['^a', '^[A-Z][0-9]{4}$', '^(a|b)+$', '^a.b$', '^\\\\w*$', '^[^a]?$', '^(ab?c*|é)', '^[\\u0061-\\u{1F600}]b?'] as const

/** A well-typed predicate of up to `depth` operators inside each other. */
export function randomPredicate(chance: Chance, depth: number): string {
  return condition(chance, depth, row)
}

function condition(chance: Chance, depth: number, reach: Reach): string {
  if (depth <= 0) return atom(chance, 0, reach)
  const inner = (): string => condition(chance, depth - 1, reach)
  switch (chance.below(10)) {
    case 0:
    case 1:
      return `(${inner()} && ${inner()})`
    case 2:
    case 3:
      return `(${inner()} || ${inner()})`
    case 4:
      return `!(${inner()})`
    case 5:
      return `(${inner()} ? ${inner()} : ${inner()})`
    case 6:
      return reach.depth < 2 ? quantified(chance, depth - 1, reach) : inner()
    case 7:
      return `((${inner()}) ${chance.pick(['==', '!='])} ${chance.pick(['true', 'false', 'ok', inner()])})`
    case 8:
      return `((${inner()}) == null)`
    default:
      return atom(chance, depth - 1, reach)
  }
}

function atom(chance: Chance, depth: number, reach: Reach): string {
  switch (chance.below(14)) {
    case 0:
    case 1:
      return `(${integer(chance, depth, reach)} ${chance.pick(orders)} ${integer(chance, depth, reach)})`
    case 2:
      return `(${chance.pick(reach.int)} ${chance.pick(orders)} ${literals.int(chance)})`
    case 3:
      return `(${plainText(chance, reach)} ${chance.pick(orders)} ${literals.string(chance)})`
    case 4:
      return `${text(chance, depth, reach)}.${chance.pick(['startsWith', 'endsWith', 'contains'])}(${text(chance, 0, reach)})`
    case 5:
      return `(${chance.pick(reach.date)} ${chance.pick(orders)} ${chance.often(70) ? literals.date(chance) : chance.pick(reach.date)})`
    case 6:
      return membership(chance, reach)
    case 7:
      return presence(chance, reach)
    case 8:
      return chance.pick(reach.bool)
    case 9:
      return `(bucket ${chance.pick(['==', '!='])} ${literals.bucket(chance)})`
    case 10:
      return `${plainText(chance, reach)}.matches("${chance.pick(patterns).replaceAll('\\u{1F600}', '\\U0001F600')}")`
    case 11:
      return `(rate ${chance.pick(orders)} ${literals.double(chance)})`
    case 12:
      return chance.often(50)
        ? `(seen ${chance.pick(orders)} ${literals.timestamp(chance)})`
        : `(wait ${chance.pick(orders)} ${literals.duration(chance)})`
    default:
      return quantifiedScalar(chance)
  }
}

function integer(chance: Chance, depth: number, reach: Reach): string {
  if (depth <= 0 || chance.often(40)) return chance.often(70) ? chance.pick(reach.int) : literals.int(chance)
  const left = integer(chance, depth - 1, reach)
  switch (chance.below(9)) {
    case 0:
      return `-(${left})`
    case 1:
      return `size(${chance.pick(['tags', 'scores', 'contacts', 'address.codes', ...reach.string])})`
    case 2:
      return `(${condition(chance, depth - 1, reach)} ? ${left} : ${integer(chance, depth - 1, reach)})`
    default:
      return `(${left} ${chance.pick(['+', '-', '*', '/', '%'])} ${integer(chance, depth - 1, reach)})`
  }
}

function plainText(chance: Chance, reach: Reach): string {
  return chance.pick(reach.string.filter((each) => each !== 'bucket' && !each.endsWith('.type')))
}

function text(chance: Chance, depth: number, reach: Reach): string {
  if (depth > 0 && chance.often(20)) return `(${text(chance, depth - 1, reach)} + ${text(chance, depth - 1, reach)})`
  return chance.often(70) ? plainText(chance, reach) : literals.string(chance)
}

function membership(chance: Chance, reach: Reach): string {
  const some = (make: () => string): string => `[${Array.from({ length: 1 + chance.below(4) }, make).join(', ')}]`
  switch (chance.below(7)) {
    case 0:
      return `(bucket in ${some(() => literals.bucket(chance))})`
    case 1:
      return `(${chance.pick(reach.int)} in ${some(() => (chance.often(80) ? literals.int(chance) : chance.pick(reach.int)))})`
    case 2:
      return `(${plainText(chance, reach)} in ${some(() => literals.string(chance))})`
    case 3:
      return `(${text(chance, 0, reach)} in tags)`
    case 4:
      return `(${integer(chance, 1, reach)} in ${chance.pick(['scores', 'address.codes'])})`
    case 5:
      return `(${chance.often(50) ? literals.date(chance) : chance.pick(reach.date)} in visits)`
    default:
      return `(${chance.pick(reach.date)} in ${some(() => literals.date(chance))})`
  }
}

function presence(chance: Chance, reach: Reach): string {
  const path = chance.pick([
    'tags',
    'contacts',
    'address',
    'address.city',
    'address.geo',
    'seen',
    'wait',
    'rate',
    ...reach.int,
    ...reach.string,
  ])
  if (chance.often(40)) return `has(${path.includes('.') ? path : `row.${path}`})`
  return chance.often(50) ? `(${path} == null)` : `(null != ${path})`
}

function quantified(chance: Chance, depth: number, reach: Reach): string {
  const name = ['c', 'k', 'v'][reach.depth] ?? 'z'
  const inner: Reach = {
    int: [...reach.int.slice(0, 2), `${name}.rank`, `${name}.amount`, `${name}.rank`],
    string: [...reach.string.slice(0, 1), `${name}.value`, `${name}.value`],
    date: [...reach.date.slice(0, 1), `${name}.since`, `${name}.since`],
    bool: [`${name}.verified`, `${name}.verified`, 'ok'],
    depth: reach.depth + 1,
  }
  const own = [
    (): string => `(${name}.type == ${literals.contactType(chance)})`,
    (): string => `(${name}.verified && ${name}.type == ${literals.contactType(chance)})`,
    (): string => `${name}.tags.${chance.pick(quantifiers)}(t, t.contains(${literals.string(chance)}))`,
    (): string => `(${literals.string(chance)} in ${name}.tags)`,
    (): string => condition(chance, depth, inner),
    (): string => condition(chance, depth, inner),
  ]
  return `contacts.${chance.pick(quantifiers)}(${name}, ${chance.pick(own)()})`
}

function quantifiedScalar(chance: Chance): string {
  const how = chance.pick(quantifiers)
  switch (chance.below(5)) {
    case 3:
      return `flags.${how}(f, ${chance.pick(['f', '!f', 'f != true', 'f == ok', 'f || vip', 'f == null'])})`
    case 0:
      return `tags.${how}(t, t ${chance.pick(orders)} ${literals.string(chance)})`
    case 1:
      return `scores.${how}(n, n ${chance.pick(orders)} ${literals.int(chance)} && n ${chance.pick(orders)} ${literals.int(chance)})`
    case 2:
      return `visits.${how}(v, v ${chance.pick(orders)} ${literals.date(chance)} || v == due)`
    default:
      return `tags.${how}(t, t.${chance.pick(['startsWith', 'endsWith', 'contains'])}(${literals.string(chance)}))`
  }
}

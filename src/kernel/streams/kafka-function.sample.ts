import { WindowedKey } from './key-order.ts'

/** The functions that a stored case names: written alike here and in Java. */
export const text = (value: unknown): string => String(value)
const first = (value: unknown): string => String.fromCodePoint(...(text(value) === '' ? [] : [text(value).codePointAt(0) ?? 0]))
export const joiner = (left: unknown, right: unknown): string => `${text(left)}~${text(right)}`

export const tests: Record<string, (value: unknown) => boolean> = {
  even: (value) => text(value).length % 2 === 0,
  hasA: (value) => text(value).includes('a'),
  big: (value) => text(value).length > 3,
  gt1: (value) => typeof value === 'number' && value > 1,
}
export const mappers: Record<string, (value: unknown) => unknown> = {
  bang: (value) => `${text(value)}!`,
  first,
  nullA: (value) => (text(value).includes('a') ? null : value),
}
export type Select = (key: unknown, value: unknown) => string | number | null
export const selectors: Record<string, Select> = {
  byValue: (_key, value) => (value === null ? null : first(value)),
  byKey: (key) => {
    const plain = key instanceof WindowedKey ? key.key : key
    return plain === null ? null : first(plain)
  },
  nullA: (key, value) => {
    const plain = key instanceof WindowedKey ? key.key : key
    return plain === null || value === null || text(value).includes('a') ? null : text(plain)
  },
}

export const longSelectors: Record<string, Select> = {
  byValue: (_key, value) => (value === null ? null : text(value).length),
  byKey: (key) => {
    const plain = key instanceof WindowedKey ? key.key : key
    return plain === null ? null : Number(plain) % 2
  },
  nullA: (key, value) => {
    const plain = key instanceof WindowedKey ? key.key : key
    return plain === null || value === null || text(value).includes('a') ? null : Number(plain)
  },
}

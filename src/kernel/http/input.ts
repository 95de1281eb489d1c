import type { FieldError } from '#kernel/operations'
import type { z } from 'zod'

/** A field named twice (path and body) is refused rather than guessed. */
export type Gathered = { readonly input: Record<string, unknown> } | { readonly errors: readonly FieldError[] }

/** Path, query and body as one input. A body that is not an object, and a name given in two places, are told as errors. */
export function gather(params: unknown, query: unknown, body: unknown): Gathered {
  if (body !== undefined && (typeof body !== 'object' || body === null || Array.isArray(body))) {
    return { errors: [{ pointer: '', code: 'not_an_object' }] }
  }
  const input: Record<string, unknown> = {}
  const errors: FieldError[] = []
  for (const source of [params, query, body]) {
    for (const [name, value] of Object.entries((source ?? {}) as Record<string, unknown>)) {
      if (Object.hasOwn(input, name)) errors.push({ pointer: `/${name}`, code: 'given_twice' })
      else Object.defineProperty(input, name, { value, enumerable: true, configurable: true, writable: true })
    }
  }
  return errors.length > 0 ? { errors } : { input }
}

/** More errors than this help nobody. */
const errorsMax = 50

/** What zod found wrong, as pointers into the input and codes; all fields at once. */
export function fieldErrors(error: z.ZodError): readonly FieldError[] {
  return error.issues
    .flatMap((issue): FieldError[] => {
      if (issue.code === 'unrecognized_keys') {
        return issue.keys.map((key) => ({ pointer: pointerOf([...issue.path, key]), code: 'unknown_field' }))
      }
      return [{ pointer: pointerOf(issue.path), code: codeOf(issue), message: issue.message }]
    })
    .slice(0, errorsMax)
}

function codeOf(issue: z.core.$ZodIssue): string {
  if (issue.input === undefined) return 'required'
  if (issue.code === 'invalid_type') return `not_${issue.expected}`
  if (issue.code === 'custom') return typeof issue.params?.['code'] === 'string' ? issue.params['code'] : 'invalid'
  return issue.code
}

export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** The first text that PostgreSQL could not keep as it is: one with a null character, or with half a surrogate pair. */
export function unstorable(value: unknown, path: readonly PropertyKey[] = []): FieldError | undefined {
  if (typeof value === 'string') return textError(value, path)
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, inner] of Object.entries(value)) {
    const found = textError(key, path) ?? unstorable(inner, [...path, key])
    if (found !== undefined) return found
  }
  return undefined
}

function textError(text: string, path: readonly PropertyKey[]): FieldError | undefined {
  if (text.includes('\0')) return { pointer: pointerOf(path), code: 'null_character', message: 'text may not hold a null character' }
  if (!text.isWellFormed()) return { pointer: pointerOf(path), code: 'not_unicode', message: 'text may not hold half a surrogate pair' }
  return undefined
}

/** Deeper than any input we declare; what walks an input may then be recursive without fear. */
export const depthMax = 32

/** Whether a value is nested deeper than that. */
export function tooDeep(value: unknown, left = depthMax): boolean {
  if (typeof value !== 'object' || value === null) return false
  return left === 0 || Object.values(value).some((inner) => tooDeep(inner, left - 1))
}

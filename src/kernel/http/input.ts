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
  if (issue.code === 'invalid_type') return issue.input === undefined ? 'required' : `not_${issue.expected}`
  if (issue.code === 'custom') return typeof issue.params?.['code'] === 'string' ? issue.params['code'] : 'invalid'
  return issue.code
}

function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** The pointer of the first text that holds a null character (PostgreSQL can't store one), or undefined. */
export function nullCharacter(value: unknown, path: readonly PropertyKey[] = []): string | undefined {
  if (typeof value === 'string') return value.includes('\0') ? pointerOf(path) : undefined
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, inner] of Object.entries(value)) {
    const found = key.includes('\0') ? pointerOf(path) : nullCharacter(inner, [...path, key])
    if (found !== undefined) return found
  }
  return undefined
}

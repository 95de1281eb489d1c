import type { FieldError } from '#kernel/operations'
import type { z } from 'zod'

/** A field named twice (path and body) is refused rather than guessed. */
export type Gathered = { readonly input: Record<string, unknown> | undefined; readonly errors: readonly FieldError[] }

/** Path, query and body as one input; none where the body is not an object. A name given in two places is told as an error. */
export function gather(params: unknown, query: unknown, body: unknown): Gathered {
  if (body !== undefined && (typeof body !== 'object' || body === null || Array.isArray(body))) {
    return { input: undefined, errors: [{ pointer: '', code: 'not_an_object' }] }
  }
  const input: Record<string, unknown> = {}
  const errors: FieldError[] = []
  for (const source of [params, query, body]) {
    for (const [name, value] of Object.entries((source ?? {}) as Record<string, unknown>)) {
      if (Object.hasOwn(input, name)) errors.push({ pointer: `/${name}`, code: 'given_twice' })
      else Object.defineProperty(input, name, { value, enumerable: true, configurable: true, writable: true })
    }
  }
  return { input, errors }
}

/** More errors than this help nobody. */
const errorsMax = 50

/** The first thing wrong with each field. */
export function firstOfEach(errors: readonly FieldError[]): readonly FieldError[] {
  const seen = new Set<string>()
  return errors.filter(({ pointer }) => !seen.has(pointer) && seen.add(pointer)).slice(0, errorsMax)
}

/** What zod found wrong, as pointers into the input and codes; all fields at once. */
export function fieldErrors(error: z.ZodError): readonly FieldError[] {
  return error.issues.flatMap((issue): FieldError[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ pointer: pointerOf([...issue.path, key]), code: 'unknown_field' }))
    }
    return [{ pointer: pointerOf(issue.path), code: codeOf(issue), message: issue.message }]
  })
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

/** Texts that PostgreSQL could not keep as they are: those with a null character, or with half a surrogate pair. The first so many. */
export function unstorable(value: unknown): readonly FieldError[] {
  const found: FieldError[] = []
  note(found, value, [])
  return found
}

function note(found: FieldError[], value: unknown, path: PropertyKey[]): void {
  if (typeof value === 'string') noteText(found, value, path)
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    // A body may hold a hundred thousand of them.
    if (found.length >= errorsMax) return
    noteText(found, key, path)
    path.push(key)
    note(found, inner, path)
    path.pop()
  }
}

function noteText(found: FieldError[], text: string, path: readonly PropertyKey[]): void {
  if (text.includes('\0')) found.push({ pointer: pointerOf(path), code: 'null_character', message: 'text may not hold a null character' })
  else if (!text.isWellFormed())
    found.push({ pointer: pointerOf(path), code: 'not_unicode', message: 'text may not hold half a surrogate pair' })
}

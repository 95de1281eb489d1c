import { useState } from 'react'
import type { FieldError } from '#components/field.tsx'
import { Refusal } from '#services/http.ts'
import type { Schema } from '#services/schema.ts'
import { validate, type FieldErrors, type Values } from '#services/validate.ts'

/** Which field a fault concerns when the server names no pointer: the fault's catalogue entry by its code. */
type ByCode = Readonly<Record<string, string>>

const topOf = (pointer: string) => pointer.split('/')[1] ?? ''
/** A field of the form is named by its whole pointer, or holds the part that the pointer leads into. */
const isAt = (name: string, pointer: string) => pointer.slice(1) === name || topOf(pointer) === name

/** A form's values and what is wrong with each, by the operation's schema while typing and by the server's refusal after sending. */
export const useForm = <Shape extends Values>(
  initial: Shape,
  schema: Schema,
  options: { readonly byCode?: ByCode; readonly show?: Readonly<Record<string, (n: number) => string>> } = {},
) => {
  const [values, setValues] = useState(initial)
  const [tried, setTried] = useState(false)
  const [clean, setClean] = useState<ReadonlySet<string>>(new Set())
  const wrong: FieldErrors = validate(schema, values, options.show)
  const set = <Name extends keyof Shape>(name: Name, value: Shape[Name]) => {
    setValues((old) => ({ ...old, [name]: value }))
    setClean((old) => new Set([...old, String(name)]))
  }
  /** True if nothing is wrong by the schema; shows what is, if something is. */
  const ready = (): boolean => {
    setTried(true)
    setClean(new Set())
    return Object.keys(wrong).length === 0
  }
  const fieldOf = (error: unknown): string | undefined => {
    if (!(error instanceof Refusal)) return undefined
    const pointer = error.problem.errors?.[0]?.pointer ?? ''
    const pointed = Object.keys(values).find((name) => isAt(name, pointer))
    if (pointed) return pointed
    return options.byCode?.[error.problem.code]
  }
  const errorOf = (name: keyof Shape & string, refusal: unknown): FieldError => {
    if (refusal instanceof Refusal && !clean.has(name)) {
      if (fieldOf(refusal) === name) return refusal
      const own = refusal.problem.errors?.find(({ pointer }) => isAt(name, pointer))
      if (own) return own.message ?? own.code
    }
    return tried ? wrong[name] : undefined
  }
  return { values, set, ready, errorOf, fieldOf }
}

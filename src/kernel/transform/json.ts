/** A JSON value as `parse` makes it: plain JavaScript, and a `JavaNumber` where a plain number would lose Java's kind (`1.0`, a Long of 5). */
export type Json = null | boolean | string | number | bigint | JavaNumber | readonly Json[] | { readonly [key: string]: Json }

/** Values while a transform runs: what `Json` is, and Java's `Object[]`, which is no List there. */
export type Value = null | boolean | string | number | bigint | JavaNumber | JavaArray | Value[] | JsonObject
export interface JsonObject {
  [key: string]: Value
}

/** What is an object to JavaScript, and neither List nor Map to Java. */
class Boxed {
  valueOf(): unknown {
    return undefined
  }
}

/** A number whose Java kind its JavaScript value does not tell: a Double without fraction (or not finite), a Long that fits an Integer. */
export class JavaNumber extends Boxed {
  readonly kind: 'double' | 'long'
  readonly value: number
  constructor(kind: 'double' | 'long', value: number) {
    super()
    this.kind = kind
    this.value = value
  }
  toJSON(): number {
    return this.value
  }
  override valueOf(): number {
    return this.value
  }
}

/** Java's `Object[]`, the answer of `=sort`: written as a list, yet neither List nor Map to the steps that follow. */
export class JavaArray extends Boxed {
  readonly items: Value[]
  constructor(items: Value[]) {
    super()
    this.items = items
  }
}

export function isMap(value: Value | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Boxed)
}

export function isNumber(value: Value | undefined): value is number | bigint | JavaNumber {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof JavaNumber
}

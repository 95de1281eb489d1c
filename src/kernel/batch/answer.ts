import type { BatchAnswer } from '#kernel/fanin'

/** Of an inner answer's headers these are told. */
const headersTold = ['location', 'retry-after', 'idempotency-replayed', 'x-request-id'] as const

/** One call's answer, kept as the text it came as, so that what a replay stored stays the same to the byte. */
export class Answer implements BatchAnswer {
  readonly status: number
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
  #body: { readonly value: unknown } | undefined

  constructor(status: number, text: string, headers: Readonly<Record<string, string | number | string[] | undefined>> = {}) {
    this.status = status
    this.text = text
    this.headers = Object.fromEntries(
      headersTold.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])] as const])),
    )
  }

  /** The answer as JSON, read when a reference asks; undefined if it is none. */
  get body(): unknown {
    this.#body ??= { value: parsed(this.text) }
    return this.#body.value
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** All answers as one JSON text; past `most` characters a body is left out and said to be. */
export function written(answers: readonly { readonly id: string; readonly answer: Answer }[], most: number): string {
  let left = most
  const parts = answers.map(({ id, answer: { status, text, headers } }) => {
    const told = `{"id":${JSON.stringify(id)},"status":${status},"headers":${JSON.stringify(headers)},"body":`
    if (text.length > left) return `${told}null,"omitted":"too_large"}`
    left -= text.length
    return `${told}${text === '' ? 'null' : text}}`
  })
  return `{"answers":[${parts.join(',')}]}`
}

// A loan's arithmetic refusing what it was asked: a code of this system's catalogue and the facts that explain it.
export class Refusal extends Error {
  readonly code: string
  readonly facts: Readonly<Record<string, string | number>>
  constructor(code: string, facts: Readonly<Record<string, string | number>>) {
    super(code)
    this.name = 'Refusal'
    this.code = code
    this.facts = facts
  }
}

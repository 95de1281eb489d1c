export type FaultStatus = 400 | 401 | 403 | 404 | 405 | 408 | 409 | 412 | 413 | 415 | 422 | 424 | 429 | 431 | 503

/** One way to refuse: its HTTP status, what it means, and what the caller can do about it. */
export interface FaultEntry {
  readonly code: string
  readonly status: FaultStatus
  readonly meaning: string
  readonly remedy: string
}

const entries = new Map<string, FaultEntry>()

/** Declares a module's refusals once: `faults('lending', { loan_not_active: [409, 'meaning', 'what to do'] })`. */
export function faults(module: string, table: Readonly<Record<string, readonly [FaultStatus, string, string]>>): readonly FaultEntry[] {
  return Object.entries(table).map(([rule, [status, meaning, remedy]]) => {
    const code = `${module}.${rule}`
    if (!/^[a-z_]+\.[a-z_]+$/.test(code)) throw new Error(`fault code '${code}' is not of the form module.rule_broken`)
    if (entries.has(code)) throw new Error(`fault '${code}' is declared twice`)
    const entry = { code, status, meaning, remedy }
    entries.set(code, entry)
    return entry
  })
}

/** The entry of a code; an unknown code is our own bug and throws. */
export function catalogued(code: string): FaultEntry {
  const entry = entries.get(code)
  if (!entry) throw new Error(`fault '${code}' is not in the catalogue: declare it with faults() in its module's faults.ts`)
  return entry
}

/** Every declared refusal, sorted by code: the source of the generated reference and of OpenAPI's errors. */
export function faultCatalogue(): readonly FaultEntry[] {
  return [...entries.values()].sort((a, b) => (a.code < b.code ? -1 : 1))
}

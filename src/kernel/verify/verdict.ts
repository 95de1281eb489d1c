/** What was done to a row. */
export type Kind = 'changed' | 'missing' | 'inserted' | 'reordered' | 'truncated' | 'rewritten'

/** The first thing that is wrong: in which stream, with which row (`?` if nothing names it), and what. */
export interface Finding {
  readonly stream: string
  readonly row: string
  readonly kind: Kind
  readonly detail: string
  readonly seq?: number
}

export interface Counts {
  /** Rows of the log that were checked. */
  readonly rows: number
  /** Of them, rows that no checkpoint given to the verifier covers, only the export's own. */
  readonly uncovered: number
  /** Rows written but not yet sealed at the time of the export. */
  readonly fresh: number
  readonly checkpoints: number
  /** Entries in the chains of accounts. */
  readonly entries: number
  readonly accounts: number
}

export interface Verdict {
  readonly finding: Finding | undefined
  readonly counts: Counts
}

/** The input cannot be judged: a file is absent or of another format, or the key isn't the log's. */
export class Unusable extends Error {}

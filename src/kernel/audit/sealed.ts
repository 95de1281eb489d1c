import type { SealedStream } from '#kernel/digest'

/** Audit records as they are sealed. */
export const sealedAudit: SealedStream = {
  name: 'audit',
  table: ['audit', 'record'],
  columns: { at: 'at', operation: 'operation', person: 'person', object: 'object', outcome: 'outcome' },
}

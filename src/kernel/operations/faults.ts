import { faults } from '#kernel/faults'

export const operationFaults = faults('operations', {
  key_missing: [
    400,
    'This call moves value and has no Idempotency-Key.',
    'Send a header Idempotency-Key of 1 to 200 printable characters, the same one for every try of this call.',
  ],
  key_malformed: [400, 'The Idempotency-Key is not 1 to 200 printable ASCII characters.', 'Send another key, for instance a UUID.'],
  key_reused: [
    422,
    'This Idempotency-Key was used before with another body.',
    'Use a new key for a new call; repeat the old body to get its answer.',
  ],
  key_in_flight: [
    409,
    'A call with this Idempotency-Key is still running.',
    'Wait as long as Retry-After says, then send the same call again.',
  ],
  forbidden: [403, 'Your role may not do this.', 'Ask someone whose role allows it, or an administrator for the role.'],
  input_invalid: [400, 'The input is not of the shape this operation takes.', 'Look at errors: each names a field and what it must be.'],
  overloaded: [
    503,
    'More work is waiting than can be done in time.',
    'Send it again after Retry-After seconds, with the same Idempotency-Key.',
  ],
  outcome_unknown: [
    503,
    'The connection to the database was lost while committing.',
    'Send it again with the same Idempotency-Key: it is applied once. Without a key, look first whether it was done.',
  ],
  unavailable: [503, 'The database can not be reached now.', 'Send it again after Retry-After seconds, with the same Idempotency-Key.'],
  disk_full: [
    503,
    'The disk of the database is full: nothing can be written, what is there can still be read.',
    'Nothing was recorded. Those who run Holdfast free space on the disk of its data folder; then send it again, with the same Idempotency-Key.',
  ],
  draining: [
    503,
    'This process is shutting down and takes no more work.',
    'Send it again to another process, or after the restart, with the same Idempotency-Key.',
  ],
})

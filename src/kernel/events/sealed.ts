import type { SealedStream } from '#kernel/digest'

/** Events as they are sealed. */
export const sealedEvents: SealedStream = {
  name: 'event',
  table: ['events', 'event'],
  columns: { key: 'key', type: 'type', at: 'at', principal: 'principal' },
}

import { faults } from '#kernel/faults'

export const sealFaults = faults('seal', {
  row_unknown: [404, 'There is no such row in this stream.', 'Take stream and id from an entry, an audit record or an event.'],
  size_unknown: [
    404,
    'The log never had that many records under a signed root, or the first is larger than the second.',
    'Take both sizes from checkpoints, the smaller first.',
  ],
  row_unsealed: [409, 'The row is written but not sealed yet.', 'Ask again in a second; if this lasts, look for a transaction left open.'],
})

import { faults } from '#kernel/faults'

export const batchFaults = faults('batch', {
  dependency_failed: [
    424,
    'This call was not made: one that it depends on failed.',
    'Look at the answer of `dependency`, mend it, and send both again.',
  ],
  reference_unresolved: [
    424,
    'This call was not made: it refers to something that the earlier answer does not hold.',
    'Correct the JSON pointer; look at the answer it points into.',
  ],
  abandoned: [424, 'This call was not made: the batch was given up.', 'Send it again.'],
  too_large_filled: [413, 'With the answers it refers to, this call would be larger than 1 MiB.', 'Refer to less of them.'],
})

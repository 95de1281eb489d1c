import { faults } from '#kernel/faults'

export const eventFaults = faults('events', {
  letter_unknown: [404, 'There is no such dead letter.', 'Look at the list under /api/v1/dead-letters; it may have been replayed already.'],
  letter_not_dead: [409, 'The event is still being tried by itself.', 'Wait until its tries are used up.'],
})

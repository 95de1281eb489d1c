import { faults } from '#kernel/faults'

export const breakerFaults = faults('breakers', {
  unknown: [404, 'No circuit breaker has this name.', 'Look at GET /api/v1/breakers for the names there are.'],
})

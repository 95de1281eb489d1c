import { faults } from '#kernel/faults'

export const jobFaults = faults('jobs', {
  clock_backward: [422, 'The sandbox clock moves forward only.', 'Name an instant after the one in facts.now.'],
  clock_too_far: [422, 'The sandbox clock moves at most ten years at once.', 'Move it in smaller steps.'],
  job_unknown: [404, 'There is no such job.', 'Look at the list under /api/v1/jobs.'],
  job_not_failed: [409, 'The job has not failed.', 'Only a failed job can be tried again.'],
})

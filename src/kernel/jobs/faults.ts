import { faults } from '#kernel/faults'

export const jobFaults = faults('jobs', {
  clock_backward: [422, 'The sandbox clock moves forward only.', 'Name an instant after the one in facts.now.'],
  clock_too_far: [422, 'The sandbox clock moves at most ten years at once.', 'Move it in smaller steps.'],
  schedule_failed: [
    409,
    'A schedule that falls due on the way fails, so the clock stands still before it.',
    'facts.schedule and facts.error say which and why, GET /api/v1/jobs/runs?name= how often. Mend the cause, then move the clock again: it goes on from where it stands.',
  ],
  schedule_busy: [
    503,
    'Another process runs what falls due on the way, and is not done with it.',
    'Move the clock again after Retry-After seconds: it goes on from where it stands.',
  ],
  job_unknown: [404, 'There is no such job.', 'Look at the list under /api/v1/jobs.'],
  job_not_failed: [409, 'The job has not failed.', 'Only a failed job can be tried again.'],
})

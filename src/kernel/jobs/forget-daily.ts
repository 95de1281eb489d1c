import { forgetAnswers, forgetMax } from '#kernel/operations'
import { every } from './schedule.ts'

/** More transactions than this in one night, and something keeps more than it forgets. */
const turnsMax = 100_000

/** Every night: answers that are older than they are kept for go, in small transactions. What a business key says, it says for ever. */
export const forgetDaily = every('jobs.forget_answers', { daily: '03:40' }, async ({ run }) => {
  for (let turn = 0; turn < turnsMax; turn++) {
    const { forgotten } = await run(forgetAnswers, {})
    if (forgotten < forgetMax) return
  }
  throw new Error(`more than ${turnsMax * forgetMax} answers were to be forgotten at once`)
})

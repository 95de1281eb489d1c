import type { Schedule } from '#kernel/jobs'
import type { Declarations } from './declarations.ts'
import { eventLink, madeBy, table } from './markdown.ts'
import { order } from './operations-page.ts'

const introduction = `# What happens by itself

${madeBy}

**Reactions** follow an event, exactly once each, in the order of its key. **Schedules** fire once for each nominal time of the business day, missed ones in
order when the program is back. **Jobs** are slow work that an operation asked for, done after its commit. Runs of schedules and jobs: \`GET /api/v1/jobs/runs\`.`

function whenOf({ when }: Schedule): string {
  return 'daily' in when ? `daily at ${when.daily}` : `every ${when.everyMinutes} minutes`
}

/** Reactions, schedules and jobs. */
export function timePage({ reactions, schedules, jobs }: Declarations): string {
  const byName = (a: { readonly name: string }, b: { readonly name: string }): number => order(a.name, b.name)
  const reactionRows = reactions.toSorted(byName).map(({ name, type }) => [`\`${name}\``, eventLink(type)])
  const scheduleRows = schedules.toSorted(byName).map((one) => [`\`${one.name}\``, whenOf(one)])
  const jobRows = jobs.toSorted(byName).map(({ name, spec }) => [`\`${name}\``, String(spec.attempts ?? 3)])
  return [
    introduction,
    '## Reactions',
    table(['Reaction', 'Hears'], reactionRows),
    '## Schedules',
    table(['Schedule', 'When'], scheduleRows),
    '## Jobs',
    table(['Job', 'Tries'], jobRows),
  ].join('\n\n')
}

import { businessDate, HOME_ZONE } from '#kernel/clock'
import { addDays, type IsoDate } from '#kernel/money'
import type { Chance } from './chance.ts'
import { type Application, type Story, workday } from './plan.ts'
import { type Payment, paymentsOf } from './repaying.ts'

/** What a list of loans tells of one, as far as the story turns on it. */
export interface LoanSeen {
  readonly id: string
  readonly state: string
  readonly appliedAt: string
  readonly score: { readonly decision: string } | null
  readonly disbursedOn: string | null
  readonly failure: string | null
}

/** One thing that somebody does about an application on a day. */
export type Step =
  | { readonly do: 'apply' | 'approve' | 'reject' | 'hold' | 'accept' | 'clear' | 'withdraw' | 'foreclose' }
  | { readonly do: 'pay' | 'bounce'; readonly payment: Payment }

const DECIDED_AFTER = 1
const CLEARED_AFTER = 3

/** When an officer sees to an application, should it be referred: not on its own day. */
const decidedOn = ({ on }: Application): IsoDate => workday(addDays(on, DECIDED_AFTER))

/**
 * What is done about an application today, given what has become of it. A pure function of plan, loan and date, and no step of a day follows
 * from another of the same day: so a day that was begun and broken off is begun again without harm.
 */
export function stepsOn(
  today: IsoDate,
  {
    application,
    loan,
    ...given
  }: { readonly application: Application; readonly loan: LoanSeen | undefined; readonly story: Story; readonly chance: Chance },
): readonly Step[] {
  if (application.on === today) return [{ do: 'apply' }]
  if (!loan || application.on > today) return []
  switch (loan.state) {
    case 'referred':
      return application.officer !== 'waits' && today >= decidedOn(application)
        ? [{ do: application.officer === 'approves' ? 'approve' : 'reject' }]
        : []
    case 'offered':
      return answers(application, loan, today)
    case 'accepted':
      return loan.failure !== null && application.held === 'cleared' && today >= clearedOn(application) ? [{ do: 'clear' }] : []
    case 'active':
    case 'closed':
      return loan.disbursedOn === null ? [] : repays(today, { application, disbursedOn: loan.disbursedOn, state: loan.state, ...given })
    default:
      return []
  }
}

const clearedOn = (application: Application): IsoDate => workday(addDays(decidedOn(application), CLEARED_AFTER))

function answers(application: Application, loan: LoanSeen, today: IsoDate): readonly Step[] {
  if (application.answer === null) return []
  const offeredOn = loan.score?.decision === 'refer' ? decidedOn(application) : businessDate(Date.parse(loan.appliedAt), HOME_ZONE)
  if (today < workday(addDays(offeredOn, application.answer))) return []
  return application.held === 'no' ? [{ do: 'accept' }] : [{ do: 'hold' }, { do: 'accept' }]
}

interface Running {
  readonly application: Application
  readonly disbursedOn: IsoDate
  readonly state: string
  readonly story: Story
  readonly chance: Chance
}

function repays(today: IsoDate, { application, disbursedOn, state, ...given }: Running): readonly Step[] {
  const { course } = application
  const payments = paymentsOf(application, disbursedOn, given)
  const bounced = payments.filter(({ bouncesOn }) => bouncesOn === today).map((payment): Step => ({ do: 'bounce', payment }))
  if (state === 'closed') return bounced
  const withdraws: Step[] = workday(addDays(disbursedOn, 1)) === today ? [{ do: 'withdraw' }] : []
  if (course.kind === 'forecloses' && today >= workday(addDays(disbursedOn, course.afterDays))) return [{ do: 'foreclose' }]
  return [...withdraws, ...bounced, ...payments.filter(({ on }) => on === today).map((payment): Step => ({ do: 'pay', payment }))]
}

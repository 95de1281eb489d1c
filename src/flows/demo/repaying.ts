import { addDays, addMonths, type IsoDate } from '#kernel/money'
import type { Chance } from './chance.ts'
import { type Application, type Story, workday, workdayBefore } from './plan.ts'

/**
 * One payment that a borrower means to make. `amount`: what is to pay on the day (or the next instalment if nothing is due), half of it, that
 * rounded up, or with three instalments more. `dry`: from a wallet that they forgot to fill.
 */
export interface Payment {
  readonly id: string
  readonly on: IsoDate
  readonly amount: 'due' | 'half' | 'round' | 'more'
  readonly from: 'wallet' | 'cash'
  readonly excess: 'wallet' | 'prepay'
  readonly dry?: boolean
  /** The day on which it comes back unpaid. */
  readonly bouncesOn?: IsoDate
}

// Now and then somebody who is punctual forgets.
const FORGETS = 0.06
const PREPAYS_AT = 2
const BOUNCES_AT = 1
const DRY_AT = 2

interface Due {
  readonly application: Application
  readonly number: number
  readonly on: IsoDate
  readonly chance: Chance
}

/** The payments of a loan disbursed on a day, in order, as far as the story goes. */
export function paymentsOf(
  application: Application,
  disbursedOn: IsoDate,
  { story, chance }: { readonly story: Story; readonly chance: Chance },
): readonly Payment[] {
  const { course, instalments } = application
  const payments: Payment[] = []
  for (let number = 1; number <= instalments; number++) {
    const on = addMonths(disbursedOn, number)
    if (on > addDays(story.ends, 7)) break
    if (course.kind === 'stops' && on >= addDays(story.ends, -course.overdue)) break
    payments.push(...paymentsFor({ application, number, on, chance }))
  }
  return payments
}

function paymentsFor(due: Due): readonly Payment[] {
  const { application, number, on, chance } = due
  const id = `PAY-${String(application.number + 1).padStart(4, '0')}-${String(number).padStart(2, '0')}`
  const label = `payment ${id}`
  const plain: Payment = { id, on: workdayBefore(on), amount: 'due', from: 'wallet', excess: 'wallet' }
  switch (application.course.kind) {
    case 'early':
      return [{ ...plain, on: workdayBefore(addDays(on, -chance.whole(label, 1, 5))) }]
    case 'desk':
      return [{ ...plain, on: workday(addDays(on, chance.whole(label, 0, 1))), from: 'cash' }]
    case 'late':
      return late(due, plain)
    case 'part':
      return [
        { ...plain, amount: 'half', from: 'cash' },
        { ...plain, id: `${id}-B`, on: workday(addDays(on, chance.whole(label, 3, 9))), from: 'cash' },
      ]
    case 'round':
      return [{ ...plain, amount: 'round' }]
    case 'prepays':
      return [number === PREPAYS_AT ? { ...plain, amount: 'more', excess: 'prepay' } : plain]
    case 'bounces':
      if (number !== BOUNCES_AT) return [plain]
      return [
        { ...plain, bouncesOn: workday(addDays(on, 3)) },
        { ...plain, id: `${id}-B`, on: workday(addDays(on, 6)), from: 'cash' },
      ]
    default:
      return [chance.draw(`${label} forgets`) < FORGETS ? { ...plain, on: workday(addDays(on, chance.whole(label, 1, 6))) } : plain]
  }
}

function late({ number, on, chance }: Due, plain: Payment): readonly Payment[] {
  const paid: Payment = {
    ...plain,
    on: workday(addDays(on, chance.whole(`payment ${plain.id}`, 4, 16))),
    from: number % 2 === 0 ? 'cash' : 'wallet',
  }
  return number === DRY_AT ? [{ ...plain, id: `${plain.id}-A`, dry: true }, paid] : [paid]
}

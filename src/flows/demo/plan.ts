import { addDays, daysBetween, type IsoDate, weekdayOf } from '#kernel/money'
import { type Borrower, borrowerOf } from './borrower.ts'
import { type Chance, chanceOf } from './chance.ts'
import type { ProductName } from './products.ts'

/** How much of a story is told: the same seed and extent always give the same one. */
export interface Story {
  readonly seed: number
  readonly begins: IsoDate
  /** The business date on which the demo is handed over, in the course of the morning. */
  readonly ends: IsoDate
  readonly borrowers: number
  readonly loans: number
}

/** How a borrower repays. `stops`: nothing from the instalment on that would be `overdue` days behind at the end, or a month less. */
export type Course =
  | { readonly kind: 'on_time' | 'early' | 'desk' | 'late' | 'part' | 'round' | 'prepays' | 'bounces' }
  | { readonly kind: 'forecloses'; readonly afterDays: number }
  | { readonly kind: 'stops'; readonly overdue: number }

/** What will happen to one application, as far as people decide it; what the scorecard says, the bureau's report decides. */
export interface Application {
  readonly number: number
  readonly borrower: Borrower
  readonly product: ProductName
  readonly principal: number
  readonly instalments: number
  readonly monthlyIncome: number
  readonly on: IsoDate
  readonly by: 'borrower' | 'cashier' | 'credit_officer'
  /** What an officer does with it if it is referred. */
  readonly officer: 'approves' | 'rejects' | 'waits'
  /** Days from the offer to its acceptance; null: it is never accepted. */
  readonly answer: number | null
  /** The person is found to be held back just before the acceptance, so that the disbursal fails; for good, or until it is cleared. */
  readonly held: 'no' | 'for_good' | 'cleared'
  readonly course: Course
}

type Part = Partial<Omit<Application, 'borrower' | 'number' | 'on'>> & {
  readonly digits?: string
  readonly star?: boolean
  /** Days after the story's beginning, or before its end. */
  readonly day?: number | undefined
  readonly daysBeforeEnd?: number | undefined
}

const [clean, middling, bad, down, unknown] = ['0001', '0002', '0003', '0005', '0006']
const on_time: Course = { kind: 'on_time' }

// The first applications and the last are cast, so that everything that can become of a loan is there to be seen; the others are drawn.
const opening: readonly Part[] = [
  { digits: clean, product: 'personal', principal: 12_000_000, instalments: 12, course: { kind: 'forecloses', afterDays: 36 } },
  {
    digits: clean,
    star: true,
    by: 'borrower',
    product: 'personal',
    principal: 20_000_000,
    instalments: 18,
    day: 9,
    answer: 2,
    course: on_time,
  },
  { digits: middling, product: 'two_wheeler', principal: 9_000_000, instalments: 12, officer: 'approves', course: { kind: 'late' } },
  { digits: clean, product: 'festival', principal: 4_000_000, instalments: 3, course: { kind: 'part' } },
  { digits: clean, product: 'personal', principal: 8_000_000, instalments: 6, day: 3, course: { kind: 'bounces' } },
  { digits: bad, product: 'personal' },
  { digits: clean, product: 'personal', principal: 30_000_000, instalments: 24, course: { kind: 'prepays' } },
  { digits: clean, product: 'festival', answer: null },
  {
    digits: clean,
    product: 'education',
    principal: 45_000_000,
    instalments: 48,
    by: 'credit_officer',
    officer: 'approves',
    course: on_time,
  },
  { digits: middling, product: 'personal', officer: 'rejects' },
  { digits: clean, product: 'personal', principal: 15_000_000, instalments: 12, course: { kind: 'stops', overdue: 130 } },
  { digits: down, product: 'two_wheeler', officer: 'approves', course: { kind: 'desk' } },
  { digits: clean, product: 'two_wheeler', principal: 11_000_000, instalments: 18, course: { kind: 'forecloses', afterDays: 75 } },
  { digits: clean, product: 'personal', principal: 18_000_000, instalments: 18, course: { kind: 'stops', overdue: 90 } },
  { digits: clean, product: 'festival', principal: 6_000_000, instalments: 10, course: { kind: 'stops', overdue: 60 } },
  { digits: clean, product: 'personal', principal: 24_000_000, instalments: 24, course: { kind: 'stops', overdue: 30 } },
  { digits: unknown, product: 'personal', officer: 'approves', held: 'cleared', course: { kind: 'early' } },
  { digits: clean, product: 'personal', principal: 10_000_000, instalments: 12, course: { kind: 'forecloses', afterDays: 120 } },
  { digits: clean, product: 'personal', principal: 5_000_000, instalments: 3, course: { kind: 'early' } },
  // Instalments of these fall due on the day on which the demo is handed over.
  {
    digits: clean,
    product: 'two_wheeler',
    principal: 8_500_000,
    instalments: 24,
    day: 70,
    answer: 2,
    by: 'cashier',
    course: { kind: 'round' },
  },
  {
    digits: clean,
    product: 'personal',
    principal: 14_000_000,
    instalments: 12,
    day: 131,
    answer: 2,
    by: 'cashier',
    course: { kind: 'part' },
  },
]
// From the last backwards.
const closing: readonly Part[] = [
  { digits: middling, product: 'personal', daysBeforeEnd: 1, officer: 'waits', by: 'cashier' },
  { digits: clean, product: 'two_wheeler', daysBeforeEnd: 2, answer: null },
  { digits: clean, product: 'personal', daysBeforeEnd: 4, answer: 1, held: 'for_good', by: 'cashier' },
  { digits: clean, product: 'education', daysBeforeEnd: 2, officer: 'waits', by: 'cashier' },
  { digits: unknown, product: 'festival', daysBeforeEnd: 3, officer: 'waits', by: 'cashier' },
  { digits: clean, product: 'personal', daysBeforeEnd: 1, answer: null },
  { digits: clean, product: 'personal', daysBeforeEnd: 1, answer: 1, by: 'cashier' },
]

// How far the cast reaches into a shorter story.
const OPENING_SHARE = 0.5
const CLOSING_SHARE = 0.25
const LAST_DRAWN_DAYS = 6
const ONLINE_EVERY = 9
const EARLIER_AT_LEAST = 15
export const SUNDAY = 7

/** The desk is open on all days but Sunday. */
export const workday = (date: IsoDate): IsoDate => (weekdayOf(date) === SUNDAY ? addDays(date, 1) : date)
export const workdayBefore = (date: IsoDate): IsoDate => (weekdayOf(date) === SUNDAY ? addDays(date, -1) : date)

const courses: readonly (readonly [Course, number])[] = [
  [{ kind: 'on_time' }, 40],
  [{ kind: 'desk' }, 20],
  [{ kind: 'early' }, 12],
  [{ kind: 'late' }, 10],
  [{ kind: 'round' }, 8],
  [{ kind: 'part' }, 5],
  [{ kind: 'stops', overdue: 25 }, 3],
  [{ kind: 'stops', overdue: 55 }, 2],
]
const sizes: Readonly<Record<ProductName, { readonly lakhs: readonly [number, number]; readonly months: readonly number[] }>> = {
  personal: { lakhs: [0.5, 4], months: [3, 6, 12, 12, 18, 24, 36] },
  two_wheeler: { lakhs: [0.6, 1.6], months: [12, 18, 24, 36] },
  festival: { lakhs: [0.1, 0.6], months: [3, 3, 6, 9, 12] },
  education: { lakhs: [2, 8], months: [36, 48, 60, 84] },
}
const products = [
  ['personal', 45],
  ['two_wheeler', 25],
  ['festival', 20],
  ['education', 10],
] as const
const answersOfCast: readonly (readonly [number | null, number])[] = [
  [1, 6],
  [2, 4],
]
const answers = [...answersOfCast, [null, 0.5]] as const
const INCOME_TO_INSTALMENT = 2.8
const OVERREACH = 0.08
const LAKH = 10_000_000
const THOUSAND = 100_000

type Drawn = Required<Omit<Application, 'borrower' | 'number' | 'on'>>

/** An application as chance has it, within what is cast already. */
function drawn(chance: Chance, label: string, { online, part }: { readonly online: boolean; readonly part: Part }): Drawn {
  const product = part.product ?? chance.weighed(`${label} product`, products)
  const { lakhs, months } = sizes[product]
  const asked = (lakhs[0] + (lakhs[1] - lakhs[0]) * chance.draw(`${label} size`) ** 2) * LAKH
  const principal = part.principal ?? Math.round(asked / THOUSAND) * THOUSAND
  const instalments = part.instalments ?? chance.one(`${label} months`, months)
  const income = chance.whole(`${label} income`, 28, 110) * THOUSAND
  // Few ask for more than they can afford.
  const affords = Math.ceil(((principal / instalments) * INCOME_TO_INSTALMENT) / THOUSAND) * THOUSAND
  return {
    product,
    principal,
    instalments,
    monthlyIncome: chance.draw(`${label} overreaches`) < OVERREACH ? income : Math.max(income, affords),
    by: online
      ? 'borrower'
      : chance.weighed(`${label} by`, [
          ['cashier', 3],
          ['credit_officer', 1],
        ] as const),
    officer: chance.weighed(`${label} officer`, [
      ['approves', 7],
      ['rejects', 3],
    ] as const),
    answer: chance.weighed(`${label} answer`, part.product === undefined ? answers : answersOfCast),
    held: 'no',
    course: chance.weighed(`${label} course`, courses),
  }
}

/** Everybody who applies, and for what; about in order of time. */
export function planOf(story: Story): readonly Application[] {
  const { loans } = story
  const chance = chanceOf(story.seed)
  const opened = Math.min(opening.length, Math.floor(loans * OPENING_SHARE))
  const closed = Math.min(closing.length, Math.floor(loans * CLOSING_SHARE))
  const partOf = (at: number): Part => (at < opened ? opening[at] : at >= loans - closed ? closing[loans - 1 - at] : undefined) ?? {}
  const again = repeats(story, opened, closed)
  const made: Application[] = []
  for (let at = 0; at < loans; at++) {
    const { digits, star = false, day, daysBeforeEnd, ...part } = partOf(at)
    const earlier = again.has(at) ? earlierBorrower(made, at) : undefined
    const number = new Set(made.map((one) => one.borrower.number)).size
    const borrower =
      earlier ??
      borrowerOf(number, { chance, digits, star, online: star || (part.by === undefined && number % ONLINE_EVERY === ONLINE_EVERY - 1) })
    const online = borrower.login !== undefined
    const on = dayOf(story, at, { day, daysBeforeEnd })
    made.push({ number: at, borrower, on, ...drawn(chance, `application ${at}`, { online, part }), ...part })
  }
  return made
}

/** Which applications are by somebody who borrows already: spread over those that are not cast. */
function repeats({ loans, borrowers }: Story, opened: number, closed: number): ReadonlySet<number> {
  const count = loans - borrowers
  const middle = loans - opened - closed
  if (count > middle) throw new RangeError('too few borrowers for so many loans')
  return new Set(Array.from({ length: count }, (_, at) => opened + Math.floor(((at + 0.5) * middle) / count)))
}

/** Somebody who borrowed some time ago, only once, and is neither behind nor held back. */
function earlierBorrower(made: readonly Application[], at: number): Borrower | undefined {
  const seen = Map.groupBy(made, ({ borrower }) => borrower)
  const good = made.filter(
    (one) =>
      seen.get(one.borrower)?.length === 1 &&
      one.held === 'no' &&
      one.answer !== null &&
      one.course.kind !== 'stops' &&
      one.officer !== 'rejects',
  )
  return (good.findLast((one) => one.number <= at - EARLIER_AT_LEAST) ?? good[0])?.borrower
}

/** Spread over the story, unless a day is given. */
function dayOf({ begins, ends, loans }: Story, at: number, { day, daysBeforeEnd }: Pick<Part, 'day' | 'daysBeforeEnd'>): IsoDate {
  if (daysBeforeEnd !== undefined) return workdayBefore(addDays(ends, -daysBeforeEnd))
  const days = daysBetween(begins, ends) - LAST_DRAWN_DAYS
  return workday(addDays(begins, day ?? Math.floor((at / loans) * days) + (at === 0 ? 0 : 1)))
}

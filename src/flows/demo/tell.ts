import { HOME_ZONE, startOfDay } from '#kernel/clock'
import { addDays, daysBetween, type IsoDate, weekdayOf } from '#kernel/money'
import { openAccount, transfer } from '#kernel/ledger'
import { type SandboxClock, travel, type TravelParts } from '#kernel/jobs'
import { loans, makeProduct } from '#systems/lending'
import { type Chance, chanceOf } from './chance.ts'
import { Deeds } from './deeds.ts'
import { Desk, type House } from './desk.ts'
import { makeStaff, type Staff } from './people.ts'
import { type Application, planOf, type Story, SUNDAY } from './plan.ts'
import { demoProducts, type ProductName, productNames, repricedPersonal } from './products.ts'
import { type LoanSeen, type Step, stepsOn } from './steps.ts'

/** Six months of a small lender: 60 people, 80 loans. */
export const fullStory: Story = { seed: 11, begins: '2025-09-01', ends: '2026-03-12', borrowers: 60, loans: 80 }

/** Where business time stands before anything was told: nine in the morning. */
export const storyBegins = ({ begins }: Story): number => momentOf(begins, OPENS_AT)

/** How far the story is: `share` of its days, from 0 to 1. */
export interface Told {
  readonly share: number
  readonly businessDate: IsoDate
  readonly loans: number
}

/** Where the story is told. */
export interface Stage extends House {
  readonly story: Story
  /** Must stand; it is set running when all is told. */
  readonly clock: SandboxClock
  readonly time: Pick<TravelParts, 'scheduler' | 'worker' | 'settled'>
  readonly progress?: (told: Told) => void
  /** After the last step, before the clock runs; again if it was broken off here. */
  readonly finish?: () => Promise<void>
  /** Stops between two moments; the next call goes on from there. */
  readonly signal?: AbortSignal
}

const MINUTE_MS = 60_000
// The moments of a day at which people act, in minutes; who comes to the desk when is drawn.
const OPENS_AT = 540
const FIRST_MOMENT = 580
const AFTER_WORK = 1040
const MOMENTS: readonly number[] = [FIRST_MOMENT, 685, 790, 945, AFTER_WORK]
const HANDED_OVER_AT = 700
const REPRICED_ON: IsoDate = '2026-01-02'
// A crore, in paise.
const CAPITAL = 1_000_000_000
const LIST_MAX = 200

/**
 * Tells the demo's story with the real operations on a standing clock that travels from moment to moment, so that schedules, jobs and
 * reactions run at their own times. Where the clock stands is how far it is: called again after a stop, it goes on there, and comes to
 * the same books. True when all is told, and the clock runs.
 */
export async function tellDemo(stage: Stage): Promise<boolean> {
  const { story, clock, signal } = stage
  if (!clock.stands) return true
  const desk = new Desk(stage)
  const staff = await makeStaff(desk)
  await payInCapital(desk, staff)
  const deeds = new Deeds(desk, staff, await makeProducts(desk, staff))
  const teller: Teller = { ...stage, desk, staff, deeds, plan: planOf(story), chance: chanceOf(story.seed) }
  const days = daysBetween(story.begins, story.ends)
  for (let today = clock.today(); today <= story.ends; today = addDays(today, 1)) {
    if (weekdayOf(today) !== SUNDAY) await tellDay(teller, today)
    if (signal?.aborted) return false
    const taken = teller.plan.filter(({ on }) => on <= today).length
    stage.progress?.({ share: daysBetween(story.begins, today) / days, businessDate: today, loans: taken })
  }
  await travelTo(teller, Math.max(clock.now(), momentOf(story.ends, HANDED_OVER_AT)))
  await stage.finish?.()
  await clock.setRunning()
  stage.progress?.({ share: 1, businessDate: story.ends, loans: teller.plan.length })
  return true
}

interface Teller extends Stage {
  readonly desk: Desk
  readonly staff: Staff
  readonly deeds: Deeds
  readonly plan: readonly Application[]
  readonly chance: Chance
}

const momentOf = (day: IsoDate, minute: number): number => startOfDay(day, HOME_ZONE) + minute * MINUTE_MS
const travelTo = ({ clock, time }: Teller, at: number): Promise<void> => travel({ ...time, clock, zone: HOME_ZONE }, at)

async function makeProducts(desk: Desk, { admin }: Staff): Promise<Readonly<Record<ProductName, string>>> {
  const made: [ProductName, string][] = []
  for (const name of productNames) {
    const { id } = await desk.ask(admin, makeProduct, { input: demoProducts[name], key: `product:${name}` })
    made.push([name, id])
  }
  return Object.fromEntries(made) as Record<ProductName, string>
}

/** The money to lend: what the owners paid in. */
async function payInCapital(desk: Desk, { admin }: Staff): Promise<void> {
  const unit = 'INR'
  await desk.ask(admin, openAccount, {
    input: { id: 'equity:capital', code: 'equity:capital', unit, side: 'credit', min: null },
    key: 'capital',
  })
  await desk.ask(admin, openAccount, { input: { id: 'cash', code: 'cash', unit, side: 'debit', min: null }, key: 'cash' })
  const legs = [
    { account: 'cash', amount: CAPITAL, unit },
    { account: 'equity:capital', amount: -CAPITAL, unit },
  ]
  await desk.ask(admin, transfer, { input: { key: 'capital:2025', legs, reason: 'Capital paid in by the owners' }, key: 'capital:2025' })
}

/** What somebody does at one moment of a day, one step after the other. */
interface Visit {
  readonly minute: number
  go(): Promise<void>
}

async function tellDay(teller: Teller, today: IsoDate): Promise<void> {
  const { clock, signal, story } = teller
  // What came of yesterday has happened before anybody looks.
  await travelTo(teller, Math.max(clock.now(), momentOf(today, OPENS_AT)))
  const visits = await visitsOn(teller, today)
  for (const minute of MOMENTS) {
    const at = momentOf(today, minute)
    const now = visits.filter((visit) => visit.minute === minute)
    // A moment that has passed was told to its end: the clock left it.
    if (now.length === 0 || at < clock.now() || (today === story.ends && minute >= HANDED_OVER_AT)) continue
    if (signal?.aborted) return
    await travelTo(teller, at)
    await Promise.all(now.map((visit) => visit.go()))
  }
}

async function visitsOn(teller: Teller, today: IsoDate): Promise<readonly Visit[]> {
  const { plan, chance, deeds, story, clock } = teller
  const open = today === story.ends ? MOMENTS.filter((minute) => minute < HANDED_OVER_AT) : MOMENTS
  const minuteOf = ({ borrower }: Application): number =>
    borrower.login === undefined ? chance.one(`moment ${today} of ${borrower.number}`, open) : AFTER_WORK
  const applied = plan.filter((one) => one.on < today || (one.on === today && momentOf(today, minuteOf(one)) < clock.now()))
  const [seen, ids] = await Promise.all([listed(teller), Promise.all(applied.map((one) => deeds.loanOf(one)))])
  const loanOf = new Map(applied.map((one, at) => [one.number, seen.get(ids[at] ?? '')]))
  const errands = plan
    .map((application) => ({ application, steps: stepsOn(today, { application, loan: loanOf.get(application.number), story, chance }) }))
    .filter(({ steps }) => steps.length > 0)
  const visits = [...Map.groupBy(errands, ({ application }) => application.borrower.number).values()].map((of): Visit => ({
    minute: minuteOf((of[0] as Errand).application),
    go: () => visit(deeds, of),
  }))
  return today === REPRICED_ON ? [{ minute: FIRST_MOMENT, go: () => reprice(teller) }, ...visits] : visits
}

interface Errand {
  readonly application: Application
  readonly steps: readonly Step[]
}

async function visit(deeds: Deeds, errands: readonly Errand[]): Promise<void> {
  for (const { application, steps } of errands) for (const step of steps) await deeds.do(application, step)
}

async function listed({ desk, staff }: Teller): Promise<ReadonlyMap<string, LoanSeen>> {
  const { items } = await desk.look(staff.admin, loans, { limit: LIST_MAX })
  return new Map(items.map((loan) => [loan.id, loan]))
}

async function reprice({ desk, staff }: Teller): Promise<void> {
  const { id } = await desk.ask(staff.admin, makeProduct, { input: demoProducts.personal, key: 'product:personal' })
  await desk.ask(staff.admin, makeProduct, { input: { ...repricedPersonal, product: id }, key: 'product:personal:2' })
}

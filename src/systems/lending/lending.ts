import { route } from '#kernel/http'
import { every, type ScheduleContext } from '#kernel/jobs'
import { apply } from './apply.ts'
import { assessOnApplied, creditCheck, creditCheckPool } from './credit-check.ts'
import type { CreditBureau } from './credit-check.ts'
import { approve, reject } from './decide.ts'
import { disburse, disburseOnAccepted } from './disburse.ts'
import { fallDue, overdueOffers, toFall } from './fall-due.ts'
import { foreclose, foreclosureQuote } from './foreclose.ts'
import { loan, loans } from './loan-views.ts'
import { schedule, statement } from './money-views.ts'
import { accept, expire } from './offer.ts'
import { overview } from './overview.ts'
import { makeProduct, product, products } from './product.ts'
import { quote } from './quote.ts'
import { repay } from './repay.ts'
import { repaymentQuote } from './repayment-quote.ts'
import { reverseRepayment } from './reverse.ts'
import { deposit, wallet, withdraw } from './wallet.ts'

const routes = [
  route('POST /api/v1/people/:person/deposits', deposit),
  route('POST /api/v1/people/:person/withdrawals', withdraw),
  route('GET /api/v1/people/:person/wallet', wallet),
  route('POST /api/v1/loan-products', makeProduct),
  route('GET /api/v1/loan-products', products),
  route('GET /api/v1/loan-products/:product', product),
  route('POST /api/v1/loan-quotes', quote),
  route('POST /api/v1/loans', apply),
  route('GET /api/v1/loans', loans),
  route('GET /api/v1/loans/:loan', loan),
  route('GET /api/v1/loans/:loan/schedule', schedule),
  route('GET /api/v1/loans/:loan/statement', statement),
  route('POST /api/v1/loans/:loan/approval', approve),
  route('POST /api/v1/loans/:loan/rejection', reject),
  route('POST /api/v1/loans/:loan/acceptance', accept),
  route('POST /api/v1/loans/:loan/disbursal', disburse),
  route('GET /api/v1/loans/:loan/repayment-quote', repaymentQuote),
  route('POST /api/v1/loans/:loan/repayments', repay),
  route('POST /api/v1/loans/:loan/repayments/:repayment/reversal', reverseRepayment),
  route('GET /api/v1/loans/:loan/foreclosure-quote', foreclosureQuote),
  route('POST /api/v1/loans/:loan/foreclosure', foreclose),
  route('GET /api/v1/reports/overview', overview),
]

// A schedule takes what is due page by page; more pages than this and something comes back again and again.
const PAGES_MAX = 10_000

// What one item is refused keeps no other waiting: all are tried, then the first refusal is told, and the scheduler comes again.
const pageByPage = async <Item>(
  read: (after: Item | undefined) => Promise<readonly Item[]>,
  each: (item: Item) => Promise<unknown>,
): Promise<void> => {
  const refused: unknown[] = []
  let after: Item | undefined
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const items = await read(after)
    if (items.length === 0 && refused.length > 0) throw refused[0]
    if (items.length === 0) return
    for (const one of await Promise.allSettled(items.map(each))) if (one.status === 'rejected') refused.push(one.reason)
    after = items.at(-1)
  }
  throw new Error(`more than ${PAGES_MAX} pages fell due at once`)
}

// The day is today's even where an earlier day is made up for, and no key keeps a refusal: each looks at what stands when it comes.
const fallDueDaily = every('lending.fall_due', { daily: '00:05' }, ({ read, run, clock }: ScheduleContext) =>
  pageByPage<Awaited<ReturnType<typeof toFall>>[number]>(
    (after) => toFall(read, clock.today(), after),
    ({ loan, number }) => run(fallDue, { loan, number }),
  ),
)

const expireOffers = every('lending.expire_offers', { daily: '00:10' }, ({ read, run, clock }: ScheduleContext) =>
  pageByPage<Awaited<ReturnType<typeof overdueOffers>>[number]>(
    (after) => overdueOffers(read, clock.today(), after),
    ({ id }) => run(expire, { loan: id }),
  ),
)

// Lending as the program mounts it, given the bureau to ask and how long to wait for it.
export const lending = ({ bureau, bureauTimeoutMs }: { readonly bureau: CreditBureau; readonly bureauTimeoutMs?: number }) => ({
  routes,
  reactions: [assessOnApplied, disburseOnAccepted],
  jobs: [creditCheck(bureau, creditCheckPool(), bureauTimeoutMs)],
  schedules: [fallDueDaily, expireOffers],
})

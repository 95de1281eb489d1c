import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import { NotFound } from '#components/not-found.tsx'
import { PageFault } from '#components/page-fault.tsx'
import { Shell } from '#components/shell.tsx'
import { isRefusal } from '#services/http.ts'
import { sessionQuery } from '#services/session.ts'
import { parseSearch, readSearch, stringifySearch } from '#services/url.ts'

// The URL map: one page a file, each fetched when it is first wanted (or hovered).

type Context = { readonly queries: QueryClient }
const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NotFound, validateSearch: readSearch })

const signin = createRoute({
  getParentRoute: () => root,
  path: '/signin',
  component: lazyRouteComponent(() => import('#routes/signin.tsx'), 'SignInPage'),
})

const setUp = createRoute({
  getParentRoute: () => root,
  path: '/set-up',
  component: lazyRouteComponent(() => import('#routes/set-up.tsx'), 'SetUpPage'),
})

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.ensureQueryData(sessionQuery)
    } catch (error) {
      if (!isRefusal(error)) throw error
      throw redirect({
        to: location.pathname === '/calculator' ? '/open/calculator' : '/signin',
        search: location.pathname === '/' ? {} : { next: location.href },
      })
    }
  },
})

// Anybody may calculate: the page outside the shell.
const openCalculator = createRoute({
  getParentRoute: () => root,
  path: '/open/calculator',
  component: lazyRouteComponent(() => import('#routes/calculator.tsx'), 'OpenCalculatorPage'),
})

type Fetch = Parameters<typeof lazyRouteComponent>[0]
const page = (path: string, fetch: Fetch, name: string) =>
  createRoute({ getParentRoute: () => inside, path, component: lazyRouteComponent(fetch, name) })

// An address that nobody has stands in the shell like any other page: search and rail are at hand.
const nowhere = createRoute({ getParentRoute: () => inside, path: '$', component: NotFound })

const pages = [
  nowhere,
  page('/', () => import('#routes/today.tsx'), 'TodayPage'),
  page('/applications', () => import('#routes/loans.tsx'), 'ApplicationsPage'),
  page('/loans', () => import('#routes/loans.tsx'), 'LoansPage'),
  page('/loans/$loan', () => import('#routes/loan.tsx'), 'LoanPage'),
  page('/loans/$loan/repay', () => import('#routes/repay.tsx'), 'RepayPage'),
  page('/loans/$loan/foreclose', () => import('#routes/foreclose.tsx'), 'ForeclosePage'),
  page('/loans/$loan/moves/$move', () => import('#routes/loan-move.tsx'), 'LoanMovePage'),
  page('/my-loan', () => import('#routes/my-loan.tsx'), 'MyLoanPage'),
  page('/my-loan/$loan', () => import('#routes/my-loan.tsx'), 'MyLoanPage'),
  page('/apply', () => import('#routes/apply.tsx'), 'ApplyPage'),
  page('/calculator', () => import('#routes/calculator.tsx'), 'CalculatorPage'),
  page('/products', () => import('#routes/products.tsx'), 'ProductsPage'),
  page('/products/new', () => import('#routes/product-make.tsx'), 'NewProductPage'),
  page('/products/$product/version', () => import('#routes/product-make.tsx'), 'NewVersionPage'),
  page('/products/$product', () => import('#routes/product.tsx'), 'ProductPage'),
  page('/people', () => import('#routes/people.tsx'), 'PeoplePage'),
  page('/people/new', () => import('#routes/person-new.tsx'), 'NewPersonPage'),
  page('/people/$person', () => import('#routes/person.tsx'), 'PersonPage'),
  page('/people/$person/moves/$move', () => import('#routes/person-state.tsx'), 'PersonStatePage'),
  page('/people/$person/$move', () => import('#routes/wallet-move.tsx'), 'WalletMovePage'),
  page('/ledger', () => import('#routes/ledger.tsx'), 'LedgerPage'),
  page('/ledger/$account', () => import('#routes/account.tsx'), 'AccountPage'),
  page('/trial-balance', () => import('#routes/trial-balance.tsx'), 'TrialBalancePage'),
  page('/proof', () => import('#routes/proof.tsx'), 'ProofPage'),
  page('/proof/$transfer', () => import('#routes/proof-entry.tsx'), 'ProofEntryPage'),
  page('/events', () => import('#routes/events.tsx'), 'EventsPage'),
  page('/dead-letters', () => import('#routes/dead-letters.tsx'), 'DeadLettersPage'),
  page('/jobs', () => import('#routes/jobs.tsx'), 'JobsPage'),
  page('/breakers', () => import('#routes/breakers.tsx'), 'BreakersPage'),
  page('/breakers/$breaker', () => import('#routes/breaker.tsx'), 'BreakerPage'),
  page('/breakers/$breaker/orders/$action', () => import('#routes/breaker-order.tsx'), 'BreakerOrderPage'),
  page('/audit', () => import('#routes/audit.tsx'), 'AuditPage'),
  page('/me', () => import('#routes/me.tsx'), 'MePage'),
]

export const makeRouter = (queries: QueryClient) =>
  createRouter({
    routeTree: root.addChildren([signin, setUp, openCalculator, inside.addChildren(pages)]),
    context: { queries },
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: PageFault,
    scrollRestoration: true,
    scrollToTopSelectors: ['[data-scroll]'],
  })

import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import { NotFound } from '#components/not-found.tsx'
import { PageFault } from '#components/page-fault.tsx'
import { Shell } from '#components/shell.tsx'
import { isRefusal } from '#services/http.ts'
import { sessionQuery } from '#services/session.ts'
import { readSearch } from '#services/url.ts'

// The URL map: one page a file, each fetched when it is first wanted (or hovered).

type Context = { readonly queries: QueryClient }
const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NotFound, validateSearch: readSearch })

const signin = createRoute({
  getParentRoute: () => root,
  path: '/signin',
  component: lazyRouteComponent(() => import('#routes/signin.tsx'), 'SignInPage'),
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

const pages = [page('/calculator', () => import('#routes/calculator.tsx'), 'CalculatorPage')]

export const makeRouter = (queries: QueryClient) =>
  createRouter({
    routeTree: root.addChildren([signin, openCalculator, inside.addChildren(pages)]),
    context: { queries },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: PageFault,
    scrollRestoration: true,
    scrollToTopSelectors: ['[data-scroll]'],
  })

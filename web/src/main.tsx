import { MantineProvider } from '@mantine/core'
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '@fontsource-variable/inter/opsz.css'
import '@fontsource-variable/jetbrains-mono/index.css'
import '#styles/mantine.ts'
import { makeRouter } from '#routes/map.tsx'
import { followArrivals } from '#services/arrival.ts'
import { isRefusal, LostAnswer } from '#services/http.ts'
import { theme, variables } from '#styles/theme.ts'

const FRESH_MS = 10_000
const RETRIES = 2
/** What got no answer is asked again, also where no stream tells that the server is back. */
const UNANSWERED_AGAIN_MS = 5_000

const queries: QueryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      retry: (failures, error) => failures < RETRIES && !isRefusal(error),
      refetchInterval: ({ state }) => (state.error instanceof LostAnswer ? UNANSWERED_AGAIN_MS : false),
    },
  },
  queryCache: new QueryCache({
    onError: (error, query) => {
      // the session ended while a page was open: sign in, and come back to where one was
      if (isRefusal(error, 401) && query.queryKey[0] !== 'session' && router.state.location.pathname !== '/signin')
        void router.navigate({ to: '/signin', search: { next: router.state.location.href } })
    },
  }),
})
const router = makeRouter(queries)
followArrivals(router)

const root = document.querySelector('#root')
if (root)
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  )

import type { ServerOptions } from '#kernel/http'
import { makeLog, Metrics } from '#kernel/telemetry'

/** What a test's server needs and no test looks at: `makeServer({ ...quietServer(), routes, executor, pool, clock, authenticate })`. */
export const quietServer = (): Pick<ServerOptions, 'log' | 'metrics' | 'version' | 'limits'> => ({
  log: makeLog('silent'),
  metrics: new Metrics(),
  version: 'test',
  limits: { signedIn: 1_000_000, anonymous: 1_000_000 },
})

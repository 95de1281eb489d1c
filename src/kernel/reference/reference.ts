import { openApi } from '#kernel/http'
import type { Declarations } from './declarations.ts'
import { eventsPage } from './events-page.ts'
import { faultsPage } from './faults-page.ts'
import { operationsPage } from './operations-page.ts'
import { timePage } from './time-page.ts'

/** The reference as files, name to text. Event, fault and operation catalogues are those of the process: load what it shall tell, nothing else. */
export function referenceOf(declarations: Declarations): ReadonlyMap<string, string> {
  const { routes, raw, version } = declarations
  return new Map([
    ['operations.md', `${operationsPage(declarations)}\n`],
    ['events.md', `${eventsPage(declarations)}\n`],
    ['faults.md', `${faultsPage(declarations)}\n`],
    ['by-itself.md', `${timePage(declarations)}\n`],
    ['openapi.json', `${JSON.stringify(openApi(routes, raw, version), null, 1)}\n`],
  ])
}

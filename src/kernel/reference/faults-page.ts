import { type FaultEntry, faultCatalogue } from '#kernel/faults'
import { bodyFaults, generalFaults, keyFaults, ownFaults } from '#kernel/http'
import { operationCatalogue } from '#kernel/operations'
import type { Declarations } from './declarations.ts'
import { madeBy, operationLink, table } from './markdown.ts'
import { moduleOf } from './operations-page.ts'

const introduction = `# Faults

${madeBy}

Every way in which Holdfast refuses. \`code\` is part of the interface: it is never renamed, and \`facts\` beside it name what it is about. 4xx: as sent, it will
be refused again (but 409, 408 and 429 may pass with time); 503: send the same call again after \`Retry-After\` seconds. A 500 is our own mistake
(\`operations.failed\`): nothing was recorded, and its \`requestId\` finds it in the log.`

/** Every refusal by module, with what to do about it and who refuses so. */
export function faultsPage({ routes }: Declarations): string {
  const mounted = new Set(routes.map(({ target }) => target.name))
  const users = new Map<string, Set<string>>()
  const targets = [...routes.map(({ target }) => target), ...operationCatalogue()]
  for (const target of targets) for (const code of ownFaults(target)) users.set(code, (users.get(code) ?? new Set()).add(target.name))
  const used = (code: string): string => {
    if (generalFaults.includes(code)) return 'any call'
    if (bodyFaults.includes(code)) return 'any call with a body'
    if (keyFaults.includes(code)) return 'whatever moves value'
    return [...(users.get(code) ?? [])].map((name) => (mounted.has(name) ? operationLink(name) : `\`${name}\``)).join(', ')
  }
  const groups = Map.groupBy(faultCatalogue(), ({ code }) => moduleOf(code))
  const sections = [...groups].map(([module, of]) => {
    const row = ({ code, status, meaning, remedy }: FaultEntry): readonly string[] => [
      `<a id="${code}"></a>\`${code}\``,
      String(status),
      meaning,
      remedy,
      used(code),
    ]
    return `## ${module}\n\n${table(['Code', 'Status', 'Meaning', 'What to do', 'From'], of.map(row))}`
  })
  return [introduction, ...sections].join('\n\n')
}

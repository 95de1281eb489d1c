import { referencesIn, referencesInPath } from './reference.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
const ID = /^[A-Za-z][\w-]{0,63}$/
const KNOWN = new Set(['id', 'method', 'path', 'headers', 'body', 'dependsOn'])
const PATH_MAX = 2048
const HEADERS_MAX = 20
const REFERENCES_MAX = 50

export const BATCH_LIMITS = { calls: 50, depth: 10 } as const

export interface PlannedCall {
  readonly id: string
  readonly method: (typeof METHODS)[number]
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  /** Named, and those its references imply. */
  readonly dependsOn: readonly string[]
  /** 0 for a call that needs no other; else one more than the deepest it needs. */
  readonly depth: number
}

/** A batch that cannot be run. `at` is the JSON pointer of the fault in what was sent, `code` a word for it. */
export class BatchPlanError extends Error {
  override readonly name = 'BatchPlanError'
  readonly at: string
  readonly code: string

  constructor(at: string, code: string, message: string) {
    super(message)
    this.at = at
    this.code = code
  }
}

type Draft = Omit<PlannedCall, 'depth'>

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function pathOf(path: unknown, at: string): string {
  const fault = (message: string, code = 'path_malformed'): never => {
    throw new BatchPlanError(`${at}/path`, code, message)
  }
  if (typeof path !== 'string' || path.length > PATH_MAX) return fault(`a path of at most ${PATH_MAX} characters is needed`)
  // what is left must be this server's own, and mean the same to every router
  if (!/^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/.test(path))
    fault('a path starts with one slash and holds no blank, backslash or letter outside ASCII')
  const [before = ''] = path.split('?')
  if (before.split('/').some((part) => /^(?:\.|%2e){1,2}$/i.test(part))) fault('a path holds no dot segments')
  if (/\/batch\/?$/.test(before)) fault('a batch may not hold a batch', 'batch_nested')
  return path
}

function headersOf(headers: unknown, at: string): Record<string, string> {
  if (headers === undefined) return {}
  const entries = isRecord(headers) ? Object.entries(headers) : undefined
  if (entries === undefined || entries.length > HEADERS_MAX)
    throw new BatchPlanError(`${at}/headers`, 'headers_malformed', `at most ${HEADERS_MAX} headers by name`)
  const known = new Map<string, string>()
  for (const [name, value] of entries) {
    if (typeof value !== 'string' || !/^[\x20-\x7e]*$/.test(value) || !/^[\w-]{1,64}$/.test(name))
      throw new BatchPlanError(`${at}/headers`, 'headers_malformed', 'a header is a word and one line of text')
    // of two keys written in two ways one would be dropped unseen
    if (known.has(name.toLowerCase())) throw new BatchPlanError(`${at}/headers`, 'headers_malformed', `'${name}' stands there twice`)
    known.set(name.toLowerCase(), value)
  }
  return Object.fromEntries(known)
}

function draft(call: unknown, at: string): Draft {
  if (!isRecord(call)) throw new BatchPlanError(at, 'not_an_object', 'a call is an object')
  const unknown = Object.keys(call).find((key) => !KNOWN.has(key))
  if (unknown !== undefined) throw new BatchPlanError(at, 'unknown_field', `a call has no '${unknown}'`)
  const { id, headers, body, dependsOn = [] } = call
  if (typeof id !== 'string' || !ID.test(id))
    throw new BatchPlanError(`${at}/id`, 'id_malformed', 'an id is a letter and up to 63 letters, digits, _ or -')
  const method = METHODS.find((known) => known === (call['method'] ?? 'GET'))
  if (method === undefined) throw new BatchPlanError(`${at}/method`, 'method_unknown', `a method is one of ${METHODS.join(', ')}`)
  if (method === 'GET' && body !== undefined) throw new BatchPlanError(`${at}/body`, 'body_unexpected', 'a GET has no body')
  if (!Array.isArray(dependsOn) || !dependsOn.every((each): each is string => typeof each === 'string'))
    throw new BatchPlanError(`${at}/dependsOn`, 'depends_malformed', 'dependsOn is a list of ids')
  const path = pathOf(call['path'], at)
  try {
    const references = [...referencesInPath(path), ...referencesIn(body)]
    if (references.length > REFERENCES_MAX) throw new RangeError(`a call may hold ${REFERENCES_MAX} references, not more`)
    const needed = new Set([...dependsOn, ...references.map(({ from }) => from)])
    return { id, method, path, headers: headersOf(headers, at), body, dependsOn: [...needed] }
  } catch (error) {
    if (error instanceof RangeError) throw new BatchPlanError(at, 'reference_malformed', error.message)
    throw error
  }
}

/**
 * Reads `{ calls: [{ id, method, path, headers?, body?, dependsOn? }] }` as sent by anybody, checks it whole, and tells what waits
 * for what. Throws BatchPlanError: too many or too deep, an unknown or repeated id, a field it has no use for, a call that waits for itself by any way round.
 */
export function planBatch(input: unknown, limits: { readonly calls: number; readonly depth: number } = BATCH_LIMITS): PlannedCall[] {
  const calls = isRecord(input) ? input['calls'] : undefined
  if (!Array.isArray(calls) || calls.length === 0 || calls.length > limits.calls)
    throw new BatchPlanError('/calls', 'calls_count', `1 to ${limits.calls} calls are needed`)
  const drafts = calls.map((call: unknown, i) => draft(call, `/calls/${i}`))
  const places = new Map<string, number>()
  for (const [i, { id }] of drafts.entries()) {
    if (places.has(id)) throw new BatchPlanError(`/calls/${i}/id`, 'id_taken', `the id '${id}' is taken`)
    places.set(id, i)
  }
  const depths = new Map<string, number>()
  const depthOf = (id: string, above: readonly string[]): number => {
    const known = depths.get(id)
    if (known !== undefined) return known
    const i = places.get(id)!
    const at = `/calls/${i}/dependsOn`
    if (above.includes(id))
      throw new BatchPlanError(at, 'cycle', `these wait for each other: ${[...above.slice(above.indexOf(id)), id].join(' > ')}`)
    let depth = 0
    for (const needed of drafts[i]!.dependsOn) {
      if (!places.has(needed)) throw new BatchPlanError(at, 'dependency_unknown', `there is no call '${needed}'`)
      depth = Math.max(depth, 1 + depthOf(needed, [...above, id]))
    }
    if (depth > limits.depth) throw new BatchPlanError(at, 'too_deep', `calls may wait ${limits.depth} deep, not more`)
    depths.set(id, depth)
    return depth
  }
  return drafts.map((call) => ({ ...call, depth: depthOf(call.id, []) }))
}

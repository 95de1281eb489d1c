import { whoIsHere } from '#services/here.ts'

// The one way to the server. The session is an HttpOnly cookie, so no token is ever in reach of a script.

export type Problem = {
  readonly title: string
  readonly status: number
  readonly code: string
  readonly detail?: string
  readonly facts?: Readonly<Record<string, unknown>>
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly message?: string }[]
  readonly requestId?: string
}

/** The server judged and said no: nothing was changed. */
export class Refusal extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail ?? problem.title)
    this.problem = problem
  }
}

/** No answer came, so nobody here knows whether it happened: ask again with the same key. */
export class LostAnswer extends Error {}

export type Query = Readonly<Record<string, string | number | undefined>>
type Call = {
  readonly method?: string
  readonly query?: Query
  readonly body?: unknown
  readonly key?: string
  readonly signal?: AbortSignal
}

const ANSWER_WITHIN_MS = 20_000
/** An answer to what was typed, not the end of a session. */
export const WRONG_PASSWORD = 'identity.credentials_wrong'
const REFRESH = '/api/v1/sessions/refresh'
const SIGN_IN_PATHS = ['/api/v1/sessions', REFRESH]

export const withQuery = (path: string, query: Query = {}): string => {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') search.set(name, String(value))
  const text = search.toString()
  return text ? `${path}?${text}` : path
}

const DOTS = /^\.{1,2}$/

/** An address of the server with ids in it. Each stays one part of it, whatever it is: most come from the console's own address, so from any link. */
export const at = (texts: TemplateStringsArray, ...ids: readonly string[]): string =>
  String.raw({ raw: texts }, ...ids.map((id) => encodeURIComponent(DOTS.test(id) ? `${id}_` : id)))

const send = async (path: string, call: Call): Promise<Response> => {
  const headers: Record<string, string> = { accept: 'application/json', 'x-holdfast-console': '1' }
  if (call.body !== undefined) headers['content-type'] = 'application/json'
  if (call.key) headers['idempotency-key'] = call.key
  const late = AbortSignal.timeout(ANSWER_WITHIN_MS)
  try {
    return await fetch(withQuery(path, call.query), {
      method: call.method ?? (call.body === undefined ? 'GET' : 'POST'),
      headers,
      credentials: 'same-origin',
      // The new token must reach the browser though the page is left meanwhile: the old one is good for nothing any more.
      keepalive: path === REFRESH,
      signal: call.signal ? AbortSignal.any([call.signal, late]) : late,
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    })
  } catch (error) {
    if (call.signal?.aborted) throw error
    throw new LostAnswer('No answer came from the server.', { cause: error })
  }
}

// Parallel queries share one refresh and tabs take turns, each with the cookie that the one before it was given: a refresh token is good for
// one use, and the same twice ends the session. Browsers have such locks on loopback and under TLS.
const inTurn = (work: () => Promise<boolean>): Promise<boolean> =>
  'locks' in navigator ? navigator.locks.request('holdfast.refresh', work) : work()

let refreshing: Promise<boolean> | undefined
const refresh = (): Promise<boolean> => {
  refreshing ??= inTurn(async () => (await send(REFRESH, { method: 'POST' })).ok).finally(() => {
    refreshing = undefined
  })
  return refreshing
}

const problemOf = async (answer: Response): Promise<Problem> => {
  const text = await answer.text()
  try {
    const problem = JSON.parse(text) as Problem
    if (typeof problem.code === 'string') return problem
  } catch {
    // not a problem document: a proxy's page, perhaps
  }
  return { title: `The server answered ${answer.status}`, status: answer.status, code: `http.${answer.status}`, detail: text.slice(0, 200) }
}

export const api = async <Answer>(path: string, call: Call = {}): Promise<Answer> => {
  const who = whoIsHere()
  let answer = await send(path, call)
  if (answer.status === 401 && !SIGN_IN_PATHS.includes(path)) {
    const problem = await problemOf(answer)
    if (problem.code === WRONG_PASSWORD || !(await refresh())) throw new Refusal(problem)
    // Renewed for whoever signed in meanwhile: what was sent is not theirs.
    if (call.key && whoIsHere() !== who) throw new LostAnswer('Somebody else signed in before the answer came.')
    answer = await send(path, call)
  }
  if (answer.status === 502 || answer.status === 503 || answer.status === 504) {
    // Some say for certain that nothing was done; after the others the same is asked again.
    const problem = await problemOf(answer)
    if (call.key && problem.code !== 'operations.disk_full') throw new LostAnswer(`The server answered ${answer.status}.`)
    throw new Refusal(problem)
  }
  if (!answer.ok) throw new Refusal(await problemOf(answer))
  if (answer.status === 204) return undefined as Answer
  try {
    return (await answer.json()) as Answer
  } catch (error) {
    throw new LostAnswer('The answer broke off.', { cause: error })
  }
}

export type Page<Item> = { readonly items: readonly Item[]; readonly next: string | null; readonly count?: number }

/** How a list that is told page by page goes on. */
export const byPages = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last: Page<unknown>): string | undefined => last.next ?? undefined,
}

export const isRefusal = (error: unknown, status?: number): error is Refusal =>
  error instanceof Refusal && (status === undefined || error.problem.status === status)

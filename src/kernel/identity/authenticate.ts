import type { Clock } from '#kernel/clock'
import { type Pool, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import type { Principal, Role } from '#kernel/operations'
import type { Tokens } from './token.ts'

/** A verified token is believed this long before session and roles are looked up again; a signature costs 68 µs, a look-up more. */
const believedMs = 5_000
const cacheMax = 20_000

export const accessCookie = 'hf_access'
export const refreshCookie = 'hf_refresh'

interface Believed {
  readonly principal: Principal
  readonly until: number
}

/** Tells who calls by bearer token or by the console's cookie; looks session, person and roles up, and believes that for five seconds. */
export class Authenticator {
  readonly #tokens: Tokens
  readonly #pool: Pool
  readonly #machine: Clock
  readonly #believed = new Map<string, Believed>()
  /** How often all was forgotten: what was looked up before the last time may be as it was before a change, and isn't believed. */
  #forgotten = 0

  constructor(tokens: Tokens, pool: Pool, machine: Clock) {
    this.#tokens = tokens
    this.#pool = pool
    this.#machine = machine
  }

  /** The caller; null without credentials; a 401 for credentials that don't hold. */
  async identify({
    authorization,
    cookies,
    site,
  }: {
    authorization: string | undefined
    cookies: Readonly<Record<string, string | undefined>>
    site: 'safe' | 'same' | 'cross'
  }): Promise<Principal | null> {
    const bearer = authorization === undefined ? undefined : bearerOf(authorization)
    const token = bearer ?? cookies[accessCookie]
    if (token === undefined) return null
    if (bearer === undefined && site === 'cross') throw new Fault('http.cross_site')
    const now = this.#machine.now()
    const known = this.#believed.get(token)
    if (known && known.until > now) return known.principal
    const before = this.#forgotten
    const claims = await this.#tokens.verify(token, now)
    const principal = await this.#look(claims.person, claims.session)
    if (this.#forgotten !== before) return principal
    if (this.#believed.size >= cacheMax) this.#believed.clear()
    this.#believed.set(token, { principal, until: Math.min(now + believedMs, claims.expires) })
    return principal
  }

  /** The same caller as they are now, looked up anew; null if they were signed out or deactivated since. */
  async again({ id, session }: Principal): Promise<Principal | null> {
    try {
      return await this.#look(id, session ?? '')
    } catch (error) {
      if (error instanceof Fault) return null
      throw error
    }
  }

  /** Sessions, roles or people changed in this process: everything is looked up again. Other processes follow within five seconds. */
  forget(): void {
    this.#forgotten += 1
    this.#believed.clear()
  }

  async #look(person: string, session: string): Promise<Principal> {
    const [found] = await this.#pool.query<{ name: string; roles: Role[]; state: string; ended: boolean }>(sql`
      select p.name, p.roles, p.state, s.ended_at is not null as ended
      from identity.session s join identity.person p on p.id = s.person where s.id = ${session} and p.id = ${person}`)
    if (!found || found.ended || found.state !== 'active') throw new Fault('identity.session_ended')
    return { id: person, name: found.name, kind: 'person', roles: found.roles, session }
  }
}

function bearerOf(authorization: string): string {
  const match = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)
  if (!match) throw new Fault('identity.token_invalid')
  return match[1] as string
}
